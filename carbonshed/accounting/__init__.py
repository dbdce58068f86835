"""Supply and use, imports, valuation, balances and known totals of tables."""
