"""Between the dataset, dbt and the algebra: build files, arrays, the solve."""
