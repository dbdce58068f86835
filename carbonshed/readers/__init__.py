"""Readers: from a format of the world to the dataset contract."""
