{# The Lorenz curve of every measure, point by point; docs/methods.md,
   Inequality. #}

with

lorenz_points as (

    select * from {{ ref('int_lorenz_points') }}

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
        cast(population as bigint) as population,
        amount,
        per_capita
    from lorenz_points

)

select * from lorenz_curve
