"""Emission inventories of CEADs."""
