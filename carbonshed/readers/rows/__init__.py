"""Small tables of the dataset contract, read from CSV and Parquet files."""
