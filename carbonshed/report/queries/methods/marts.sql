select
    table_name,
    comment
from duckdb_tables()
where
    schema_name = 'marts'
    and comment is not null
order by 1
