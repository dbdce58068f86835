{# The Lorenz curve of every measure, point by point; docs/methods.md,
   Inequality. #}

with

lorenz_points as (

    select * from {{ ref('int_lorenz_points') }}

),

regions as (

    select * from {{ ref('regions') }}

),

lorenz_curve as (

    select
        year,
        stressor_id,
        measure,
        cast(rank_order as integer) as rank_order,
        region_id,
        cumulative_population_share,
        cumulative_amount_share,
        amount,
        case when measure = 'gdp' then 'currency' else 't' end as unit,
        regions.region_name
    from lorenz_points
    inner join regions using (region_id)

)

select * from lorenz_curve
