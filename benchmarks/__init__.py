"""Comparisons of Carbonshed with its alternatives."""
