{# Inequality of every measure in single figures; docs/methods.md,
   Inequality. #}

with

lorenz_points as (

    select * from {{ ref('int_lorenz_points') }}

),

-- a missing parent is a group like any other: group by keeps NULL together
parent_regions as (

    select
        year,
        stressor_id,
        measure,
        parent_region_id,
        sum(population_share) as population_share,
        sum(amount_share) as amount_share
    from lorenz_points
    group by 1, 2, 3, 4

),

between_parent_regions as (

    select
        year,
        stressor_id,
        measure,
        {{ theil('amount_share', 'population_share') }} as theil_t_between
    from parent_regions
    group by 1, 2, 3

),

indices as (

    select
        year,
        stressor_id,
        measure,
        {{ gini(
            'population_share', 'amount_share', 'cumulative_amount_share'
        ) }} as gini,
        {{ theil('amount_share', 'population_share') }} as theil_t,
        {{ share_of_tenths(
            4,
            'poorest',
            'population_share',
            'cumulative_population_share',
            'amount_share'
        ) }} as bottom40_share,
        {{ share_of_tenths(
            5,
            'poorest',
            'population_share',
            'cumulative_population_share',
            'amount_share'
        ) }} as bottom50_share,
        {{ share_of_tenths(
            1,
            'richest',
            'population_share',
            'cumulative_population_share',
            'amount_share'
        ) }} as top10_share,
        -- one unknown GDP leaves the order, and with it the index, unknown
        case
            when
                count(*) = count(cumulative_amount_share_by_gdp)
                then
                    {{ gini(
                        'population_share',
                        'amount_share',
                        'cumulative_amount_share_by_gdp'
                    ) }}
        end as concentration_index
    from lorenz_points
    group by 1, 2, 3

),

gdp_indices as (

    select
        year,
        stressor_id,
        gini as gini_of_gdp
    from indices
    where measure = 'gdp'

),

inequality_indices as (

    select
        indices.*,
        indices.theil_t
        - between_parent_regions.theil_t_between as theil_t_within,
        between_parent_regions.theil_t_between,
        case
            when indices.bottom40_share > 0
                then indices.top10_share / indices.bottom40_share
        end as palma_ratio,
        indices.concentration_index
        - gdp_indices.gini_of_gdp as kakwani_index,
        case when indices.measure = 'gdp' then 'currency' else 't' end as unit
    from indices
    inner join between_parent_regions using (year, stressor_id, measure)
    left join gdp_indices using (year, stressor_id)

)

select * from inequality_indices
