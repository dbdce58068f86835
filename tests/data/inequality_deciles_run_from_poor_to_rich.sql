{# A decile is no poorer than the one below it. #}

with

deciles as (

    select * from {{ ref('inequality_deciles') }}

),

neighbours as (

    select
        *,
        lag(per_capita) over (
            partition by year, stressor_id, measure
            order by decile
        ) as poorer_per_capita
    from deciles

)

select * from neighbours
where per_capita < poorer_per_capita - 1e-9 * abs(poorer_per_capita)
