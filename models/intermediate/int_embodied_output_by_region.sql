{# Categories are summed once, before any product with an intensity: a fifth of
   the rows of embodied_output in `synthetic`. Positions below 0 are no regions
   of the table. #}

select
    year,
    origin_id,
    region_position,
    sum(output) as output
from {{ ref('embodied_output_by_position') }}
where region_position >= 0
group by 1, 2, 3
