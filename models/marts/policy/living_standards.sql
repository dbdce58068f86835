{# What the quota could mean for those who receive it; docs/methods.md, Living
   standards. #}

{%- set case_keys = [
    'year', 'stressor_id', 'scenario_id', 'allocation_rule'
] %}

with

allocation as (

    select * from {{ ref('quota_allocation') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

inequality as (

    select * from {{ ref('int_income_inequality') }}

),

quotas as (

    select * from {{ ref('int_quota_totals') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

premises as (

    select * from {{ ref('int_premises') }}

),

people as (

    select
        allocation.*,
        income_curves.income_threshold,
        income_curves.largest_footprint_per_capita,
        income_curves.largest_gdp_per_capita,
        quotas.lowest_giver_per_capita_after
    from allocation
    inner join income_curves using (year, stressor_id)
    inner join quotas using (year, stressor_id, scenario_id)

),

-- one unknown income leaves a mean unknown
receivers as (

    select
        {{ case_keys | join(', ') }},
        count(*) as receivers,
        sum(population) as population,
        case
            when count(income_before) = count(*)
                then
                    {{ safe_divide(
                        'sum(income_before * population)', 'sum(population)'
                    ) }}
        end as income_before,
        case
            when count(income_after) = count(*)
                then
                    {{ safe_divide(
                        'sum(income_after * population)', 'sum(population)'
                    ) }}
        end as income_after,
        case
            when count(income_before) = count(*)
                then
                    {{ safe_divide(
                        'sum(case when income_before >= income_threshold'
                        ~ ' then population else 0 end)',
                        'sum(population)'
                    ) }}
        end as share_at_threshold_before,
        case
            when count(income_after) = count(*)
                then
                    {{ safe_divide(
                        'sum(case when income_after >= income_threshold'
                        ~ ' then population else 0 end)',
                        'sum(population)'
                    ) }}
        end as share_at_threshold_after,
        max({{ safe_divide('income_after', 'income_before') }})
            as largest_income_factor,
        max(
            case
                when footprint_per_capita_after > largest_footprint_per_capita
                    then 1
                when largest_footprint_per_capita is not null then 0
            end
        ) = 1 as is_extrapolated,
        max(
            case
                when income_after > largest_gdp_per_capita then 1
                when largest_gdp_per_capita is not null then 0
            end
        ) = 1 as is_income_extrapolated,
        sum(
            case
                when
                    {{ exceeds(
                        'footprint_per_capita_after',
                        'lowest_giver_per_capita_after'
                    ) }}
                    and {{ exceeds(
                        'footprint_per_capita_after',
                        '(footprint_per_capita_after - allocated_per_capita)'
                    ) }}
                    then 1
                else 0
            end
        ) as receivers_above_givers
    from people
    group by 1, 2, 3, 4

),

nations as (

    select
        accounts.year,
        accounts.stressor_id,
        sum(accounts.population) as population
    from accounts
    inner join rankings using (year, stressor_id, region_id)
    group by 1, 2

),

joined as (

    select
        receivers.year,
        receivers.stressor_id,
        receivers.scenario_id,
        receivers.allocation_rule,
        cast(receivers.receivers as integer) as receivers,
        {{ safe_divide('receivers.population', 'nations.population') }}
            as receiver_population_share,
        income_curves.income_elasticity,
        receivers.income_before,
        receivers.income_after,
        income_bands.income_threshold,
        {{ income_band('receivers.income_before', 'income_bands') }}
            as band_before,
        {{ income_band('receivers.income_after', 'income_bands') }}
            as band_after,
        receivers.income_after >= income_bands.income_threshold
            as reaches_threshold,
        inequality.gini_before,
        inequality.gini_after,
        case
            when income_bands.income_threshold is not null
                then receivers.share_at_threshold_before
        end as share_at_threshold_before,
        case
            when income_bands.income_threshold is not null
                then receivers.share_at_threshold_after
        end as share_at_threshold_after,
        receivers.largest_income_factor,
        receivers.is_extrapolated,
        income_curves.curve_r_squared,
        cast(receivers.population as bigint) as receiver_population,
        receivers.income_before >= income_bands.income_threshold
            as reaches_threshold_before,
        receivers.is_income_extrapolated,
        {{ premise(
            'premises.country',
            'premises.is_incomplete',
            safe_divide('receivers.population', 'nations.population'),
            'choices.receivers_share',
            'receivers.is_extrapolated or receivers.is_income_extrapolated',
            'quotas.is_user_scenario',
            'premises.is_one_structure'
        ) }} as premise,
        cast(receivers.receivers_above_givers as integer)
            as receivers_above_givers,
        choices.receivers_share,
        premises.footprints,
        premises.published
    from receivers
    cross join choices
    inner join quotas using (year, stressor_id, scenario_id)
    inner join nations using (year, stressor_id)
    inner join income_curves using (year, stressor_id)
    inner join income_bands using (year)
    inner join inequality
        using (year, stressor_id, scenario_id, allocation_rule)
    inner join premises using (year, stressor_id)

),

living_standards as (

    select
        * exclude (footprints, published),
        {{ premise_note(
            'premise',
            'receiver_population_share',
            'receivers_share',
            'footprints',
            'published'
        ) }} as premise_note,
        't' as unit
    from joined

)

select * from living_standards
