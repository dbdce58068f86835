"""Answers from a publication: SQL, ready questions, status and `carbonshed.open`."""
