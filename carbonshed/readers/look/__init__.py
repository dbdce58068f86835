"""What an unknown workbook or CSV file holds, found without being told."""
