"""A user's scenarios, evaluated from what is published, without dbt."""
