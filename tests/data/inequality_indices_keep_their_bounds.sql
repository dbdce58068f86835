{# What holds for the indices of any distribution: no order of the regions is
   more unequal than their own; GDP is as concentrated as it is unequal; half of
   the people, the poorest, have half at most, and the richest tenth a tenth at
   least. Where no amount is negative, all lie between 0 and their limits. The
   Gini index is also twice the area between the diagonal and the curve. #}

with

indices as (

    select * from {{ ref('inequality_indices') }}

),

curve as (

    select * from {{ ref('lorenz_curve') }}

),

steps as (

    select
        year,
        stressor_id,
        measure,
        amount,
        cumulative_population_share
        - lag(cumulative_population_share, 1, 0) over (
            partition by year, stressor_id, measure
            order by rank_order
        ) as width,
        (
            cumulative_amount_share
            + lag(cumulative_amount_share, 1, 0) over (
                partition by year, stressor_id, measure
                order by rank_order
            )
        ) / 2 as height
    from curve

),

areas as (

    select
        year,
        stressor_id,
        measure,
        min(amount) as smallest_amount,
        2 * (0.5 - sum(width * height)) as gini_by_area
    from steps
    group by 1, 2, 3

),

compared as (

    select
        indices.*,
        areas.smallest_amount,
        areas.gini_by_area
    from areas
    full join indices using (year, stressor_id, measure)

)

select * from compared
where
    gini is null
    or gini_by_area is null
    or abs(gini - gini_by_area) > 1e-9
    or gini < -1e-12
    or abs(concentration_index) > gini + 1e-9
    or (measure = 'gdp' and abs(kakwani_index) > 1e-12)
    or bottom50_share > 0.5 + 1e-12
    or top10_share < 0.1 - 1e-12
    or abs(theil_t - theil_t_within - theil_t_between) > 1e-12
    or (
        smallest_amount >= 0
        and (
            gini > 1
            or theil_t < -1e-12
            or theil_t_between < -1e-12
            or theil_t_within < -1e-12
            or bottom50_share < 0
            or top10_share > 1 + 1e-12
        )
    )
