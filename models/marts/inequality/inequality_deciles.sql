{# Tenths of the people, poorest first, made of whole regions; docs/methods.md,
   Inequality. #}

with

lorenz_points as (

    select * from {{ ref('int_lorenz_points') }}

),

inequality_deciles as (

    select
        year,
        stressor_id,
        measure,
        decile,
        cast(sum(population) as bigint) as population,
        sum(population_share) as population_share,
        sum(amount) as amount,
        sum(amount_share) as amount_share,
        {{ safe_divide('sum(amount)', 'sum(population)') }} as per_capita,
        count(*) as regions,
        case when measure = 'gdp' then 'currency' else 't' end as unit
    from lorenz_points
    group by 1, 2, 3, 4

)

select * from inequality_deciles
