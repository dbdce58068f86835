"""The work file, and the publication that is made from it."""
