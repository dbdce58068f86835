"""The generated pages: the data dictionary and the vars of a build."""
