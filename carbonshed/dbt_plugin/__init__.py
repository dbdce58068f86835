"""What dbt calls of Carbonshed: the check of a dataset and the publication."""
