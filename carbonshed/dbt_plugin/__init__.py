"""The plugin of dbt: checks before a run, records of it, and the publication."""
