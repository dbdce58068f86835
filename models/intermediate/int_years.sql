select distinct
    year,
    make_date(year, 1, 1) as year_start
from {{ ref('stg_intermediate_sales') }}
