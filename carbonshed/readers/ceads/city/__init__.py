"""China's city table of CEADs."""
