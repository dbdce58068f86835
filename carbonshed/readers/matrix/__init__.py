"""Plain matrices in a workbook or in CSV files, placed by a map."""
