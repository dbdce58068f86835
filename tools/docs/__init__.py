"""The data dictionary, rendered from the yml of the models."""
