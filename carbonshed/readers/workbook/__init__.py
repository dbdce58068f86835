"""Any office's table, in workbooks or CSV files, placed by a map."""
