"""Helpers of the tests: random systems and an independent reference of the methods.

Nothing in here imports the package, so that a mistake cannot be on both sides.
"""
