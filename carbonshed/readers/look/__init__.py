"""The content of an unknown workbook or CSV file, and a first map of it."""
