{# The points are numbered without a gap, people only add up, no point lies
   above the diagonal, and the last is exactly (1, 1). #}

with

curve as (

    select
        lorenz_curve.*,
        points.per_capita
    from {{ ref('lorenz_curve') }} as lorenz_curve
    inner join {{ ref('int_lorenz_points') }} as points
        using (year, stressor_id, measure, region_id)

),

points as (

    select
        *,
        row_number() over (
            partition by year, stressor_id, measure
            order by cumulative_population_share, rank_order
        ) as expected_rank,
        count(*) over (partition by year, stressor_id, measure) as points,
        lag(per_capita) over (
            partition by year, stressor_id, measure
            order by rank_order
        ) as poorer_per_capita
    from curve

)

select * from points
where
    rank_order <> expected_rank
    or per_capita < poorer_per_capita
    or cumulative_amount_share > cumulative_population_share + 1e-12
    or cumulative_population_share <= 0
    or (
        rank_order = points
        and (cumulative_population_share <> 1 or cumulative_amount_share <> 1)
    )
