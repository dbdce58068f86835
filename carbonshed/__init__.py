"""Carbonshed: an analytical database for consumption-based carbon accounting."""

__version__ = "0.1.0"
