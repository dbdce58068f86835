"""Carbonshed beside what its users would run instead."""
