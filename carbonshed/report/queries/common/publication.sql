select
    publication_id,
    built_at,
    published_at,
    duckdb_version,
    dbt_version
from publication
