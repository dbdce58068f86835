"""Tidy folders: one table per file, one row per cell."""
