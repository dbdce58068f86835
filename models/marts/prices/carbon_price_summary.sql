{# A price on emissions in single figures: what it raises, and whether poorer
   regions bear more of it; docs/methods.md, Price on emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

{%- set group = ['year', 'stressor_id', 'price_id'] %}
{%- set measures_of_groups = ['population', 'burden', 'spending', 'income'] %}

with

burdens as (

    select * from {{ ref('carbon_price_burden') }}

),

prices as (

    select * from {{ ref('int_carbon_prices') }}

),

covered_emissions as (

    select * from {{ ref('int_covered_emissions') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

incidence as (

    select * from {{ ref('int_price_incidence') }}

),

groups_by_income as (

    select * from {{ ref('int_groups_by_income') }}

),

parameters as (

    select value as proportional_within
    from {{ ref('policy_parameters') }}
    where parameter_id = 'proportional_within'

),

totals as (

    select
        year,
        stressor_id,
        price_id,
        max(price) as price,
        max(unit) as unit,
        sum(covered_emissions) as covered_emissions,
        sum(paid_by_producers) + sum(direct_burden) as revenue,
        sum(burden) as burden
    from burdens
    group by 1, 2, 3

),

elsewhere as (

    select
        year,
        stressor_id,
        coverage_id,
        sum(case when region_id = 'EXPORT' then emissions else 0 end)
            as emissions_for_exports,
        sum(case when region_id = 'UNATTRIBUTED' then emissions else 0 end)
            as unattributed_emissions
    from covered_emissions
    group by 1, 2, 3

),

ranked_regions as (

    select
        burdens.*,
        region_years.population,
        sum(region_years.population) over (
            partition by
                burdens.year, burdens.stressor_id, burdens.price_id
        ) as all_people
    from burdens
    inner join region_years using (year, region_id)
    where region_years.is_ranked

),

of_ranked as (

    select
        year,
        stressor_id,
        price_id,
        {{ safe_divide('sum(burden)', 'sum(population)') }}
            as dividend_per_capita,
        {{ safe_divide(
            'sum(case when ' ~ exceeds('dividend', 'burden')
            ~ ' then population else 0 end)',
            'sum(population)'
        ) }} as winners_population_share
    from ranked_regions
    group by 1, 2, 3

),

-- the region without whose people the gaining, or the losing, were no majority
deciding as (

    select
        year,
        stressor_id,
        price_id,
        region_id as deciding_region_id,
        {{ safe_divide('population', 'all_people') }}
            as deciding_region_share
    from ranked_regions
    inner join of_ranked using (year, stressor_id, price_id)
    where
        ({{ exceeds('ranked_regions.dividend', 'ranked_regions.burden') }})
        = (of_ranked.winners_population_share > 0.5)
    qualify
        row_number() over (
            partition by year, stressor_id, price_id
            order by population desc, region_id asc
        ) = 1
        and abs(of_ranked.winners_population_share - 0.5)
        < {{ safe_divide('population', 'all_people') }}

),

accumulated as (

    select
        *,
    {% for measure in measures_of_groups %}
        sum({{ measure }}) over everybody as all_{{ measure }},
        {{ running_total(measure, group, 'rank_order') }}
            as cumulative_{{ measure }}{{ "," if not loop.last }}
    {% endfor %}
    from groups_by_income
    window everybody as (partition by {{ group | join(', ') }})

),

-- how much of each the groups with more income have: its concentration
of_groups as (

    select
        year,
        stressor_id,
        price_id,
        sum(burden) / sum(population) as dividend_per_capita,
        sum(case when gains then population else 0 end) / sum(population)
            as winners_population_share,
    {% for measure in measures_of_groups[1:] %}
        {{ gini(
            safe_divide('population', 'all_population'),
            safe_divide(measure, 'all_' ~ measure),
            safe_divide('cumulative_' ~ measure, 'all_' ~ measure)
        ) }} as {{ measure }}_index{{ "," if not loop.last }}
    {% endfor %}
    from accumulated
    group by 1, 2, 3

),

carbon_price_summary as (

    select
        totals.year,
        totals.stressor_id,
        totals.price_id,
        totals.revenue,
        {{ safe_divide(
            'totals.covered_emissions', 'reported.emissions_in'
        ) }} as covered_share,
        totals.burden,
        totals.price * coalesce(elsewhere.emissions_for_exports, 0) as abroad,
        totals.price * coalesce(elsewhere.unattributed_emissions, 0)
            as unattributed,
        coalesce(of_ranked.dividend_per_capita, 0) as dividend_per_capita,
        incidence.concentration_index,
        incidence.kakwani_index,
        incidence.household_kakwani_index,
        incidence.household_kakwani_standard_error,
        -- a difference that errors of the data make one time in ten is none
        case
            when
                abs(incidence.household_kakwani_index)
                < {{ upper_normal_quantile() }}
                * incidence.household_kakwani_standard_error
                then 'not distinguishable'
            when
                incidence.household_kakwani_index
                < -parameters.proportional_within
                then 'regressive'
            when
                incidence.household_kakwani_index
                > parameters.proportional_within
                then 'progressive'
            when incidence.household_kakwani_index is not null
                then 'proportional'
        end as incidence,
        of_ranked.winners_population_share,
        deciding.deciding_region_id,
        deciding.deciding_region_share,
        totals.price,
        incidence.poorest_fifth_gdp_share,
        incidence.richest_fifth_gdp_share,
        incidence.poorest_fifth_household_share,
        incidence.richest_fifth_household_share,
        incidence.poorest_fifth_regions,
        incidence.richest_fifth_regions,
        incidence.fifth_largest_region_id,
        incidence.fifth_largest_region_share,
        of_groups.dividend_per_capita as household_dividend_per_capita,
        of_groups.burden_index - of_groups.spending_index
            as group_kakwani_spending,
        of_groups.burden_index - of_groups.income_index
            as group_kakwani_income,
        of_groups.winners_population_share as group_winners_population_share,
        prices.price_name,
        prices.price_note,
        prices.is_default,
        totals.unit
    from totals
    inner join prices using (year, price_id)
    inner join reported using (year, stressor_id)
    cross join parameters
    left join elsewhere using (year, stressor_id, coverage_id)
    left join of_ranked using (year, stressor_id, price_id)
    left join deciding using (year, stressor_id, price_id)
    left join incidence using (year, stressor_id, price_id)
    left join of_groups using (year, stressor_id, price_id)

)

select * from carbon_price_summary
