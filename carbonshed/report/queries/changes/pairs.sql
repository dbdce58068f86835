select distinct
    year,
    base_year
from footprint_changes
order by year, base_year
