"""The data dictionary, written from the models' own yml."""
