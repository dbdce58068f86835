{# How much of the inequality of footprints lies inside regions, as far as
   groups show it; docs/methods.md, Household groups. #}

{%- set group = ['year', 'stressor_id'] %}

with

group_footprints as (

    select * from {{ ref('household_group_footprints') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}
    where is_mass

),

region_years as (

    select * from {{ ref('int_region_years') }}
    where is_ranked

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

years as (

    select distinct year
    from group_footprints

),

-- a region without groups is one
people as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        region_years.parent_region_id,
        own.group_id,
        coalesce(own.population, accounts.population) as population,
        coalesce(own.emissions, accounts.household_footprint) as amount
    from accounts
    inner join years using (year)
    inner join stressors using (stressor_id)
    inner join region_years using (year, region_id)
    left join group_footprints as own
        using (year, stressor_id, region_id)

),

sorted as (

    select
        *,
        sum(population) over everybody as total_population,
        sum(amount) over everybody as total_amount,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by amount / population, region_id, group_id
        ) as rank_order
    from people
    window everybody as (partition by {{ group | join(', ') }})

),

-- without a positive total there is no share
lorenz_points as (

    select
        *,
        population / total_population as population_share,
        amount / total_amount as amount_share,
        {{ running_total('population', group, 'rank_order') }}
        / total_population as cumulative_population_share,
        {{ running_total('amount', group, 'rank_order') }}
        / total_amount as cumulative_amount_share
    from sorted
    where total_amount > 0

),

of_groups as (

    select
        year,
        stressor_id,
        {{ gini(
            'population_share', 'amount_share', 'cumulative_amount_share'
        ) }} as gini_groups,
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
        count(*) - count(group_id) as regions_without_groups
    from lorenz_points
    group by 1, 2

),

regions as (

    select
        year,
        stressor_id,
        region_id,
        parent_region_id,
        sum(population_share) as population_share,
        sum(amount_share) as amount_share,
        sum(amount) / sum(population) as per_capita
    from lorenz_points
    group by 1, 2, 3, 4

),

region_points as (

    select
        *,
        {{ running_total('amount_share', group, 'per_capita, region_id') }}
            as cumulative_amount_share
    from regions

),

of_regions as (

    select
        year,
        stressor_id,
        {{ gini(
            'population_share', 'amount_share', 'cumulative_amount_share'
        ) }} as gini_regions,
        {{ theil('amount_share', 'population_share') }} as theil_t
    from region_points
    group by 1, 2

),

-- a missing parent is one like any other: group by keeps NULL together
parents as (

    select
        year,
        stressor_id,
        parent_region_id,
        sum(population_share) as population_share,
        sum(amount_share) as amount_share
    from regions
    group by 1, 2, 3

),

of_parents as (

    select
        year,
        stressor_id,
        {{ theil('amount_share', 'population_share') }} as theil_t
    from parents
    group by 1, 2

),

-- what is left of equal groups is rounding
within_regions as (

    select
        year,
        stressor_id,
        case
            when
                abs(of_groups.theil_t - of_regions.theil_t)
                > cast(1e-12 as double) * of_groups.theil_t
                then of_groups.theil_t - of_regions.theil_t
            else 0
        end as theil_within_regions
    from of_groups
    inner join of_regions using (year, stressor_id)

),

household_inequality as (

    select
        of_groups.year,
        of_groups.stressor_id,
        of_regions.gini_regions,
        of_groups.gini_groups,
        of_groups.theil_t,
        of_parents.theil_t as theil_between_parents,
        of_regions.theil_t - of_parents.theil_t as theil_between_regions,
        within_regions.theil_within_regions,
        {{ safe_divide(
            'within_regions.theil_within_regions', 'of_groups.theil_t'
        ) }} as within_share,
        of_groups.top10_share,
        of_groups.bottom50_share,
        case
            when of_groups.bottom40_share > 0
                then of_groups.top10_share / of_groups.bottom40_share
        end as palma_ratio,
        cast(of_groups.regions_without_groups as integer)
            as regions_without_groups,
        't' as unit
    from of_groups
    inner join of_regions using (year, stressor_id)
    inner join of_parents using (year, stressor_id)
    inner join within_regions using (year, stressor_id)

)

select * from household_inequality
