{# The Lorenz curve of every measure, point by point; docs/methods.md,
   Inequality. #}

select
    points.year,
    points.stressor_id,
    points.measure,
    cast(points.rank_order as integer) as rank_order,
    points.region_id,
    points.cumulative_population_share,
    points.cumulative_amount_share,
    points.amount,
    case when points.measure = 'gdp' then 'currency' else 't' end as unit,
    regions.region_name
from {{ ref('int_lorenz_points') }} as points
inner join {{ ref('regions') }} as regions using (region_id)
