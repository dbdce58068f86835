"""China's provincial tables of CEADs."""
