{# A price on emissions in single figures: what it raises, and whether poorer
   regions bear more of it; docs/methods.md, Price on emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

{%- set group = ['year', 'stressor_id', 'price_id'] %}
{%- set measures = [
    'burden', 'gdp', 'household_burden', 'household_spending'
] %}

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
        region_years.gdp,
        region_years.gdp_per_capita,
        region_years.population,
        sum(region_years.population) over regions as all_people,
        count(*) over regions as regions,
        count(region_years.gdp_per_capita) over regions as regions_with_gdp,
    {% for measure in measures %}
        sum({{ measure }}) over regions
            as all_{{ measure }}{{ "," if not loop.last }}
    {% endfor %}
    from burdens
    inner join region_years using (year, region_id)
    where region_years.is_ranked
    window regions as (
        partition by
            burdens.year, burdens.stressor_id, burdens.price_id
    )

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

-- from the poorest to the richest region; one unknown GDP leaves the order
-- unknown
shares as (

    select
        *,
        {{ safe_divide('population', 'all_people') }} as population_share,
        {{ running_total('population', group, 'gdp_per_capita, region_id') }}
        / nullif(all_people, 0) as cumulative_population_share,
    {% for measure in measures %}
        {{ safe_divide(measure, 'all_' ~ measure) }} as {{ measure }}_part,
        {{ running_total(measure, group, 'gdp_per_capita, region_id') }}
        / nullif(all_{{ measure }}, 0)
            as cumulative_{{ measure }}_part{{ "," if not loop.last }}
    {% endfor %}
    from ranked_regions
    where regions_with_gdp = regions

),

indices as (

    select
        year,
        stressor_id,
        price_id,
    {% for measure in measures %}
        case
            when max(all_{{ measure }}) > 0
                then
                    {{ gini(
                        'population_share',
                        measure ~ '_part',
                        'cumulative_' ~ measure ~ '_part'
                    ) }}
        end as {{ measure }}_index,
        case
            when max(all_{{ measure }}) > 0
                then
                    max(all_{{ measure }}) * {{ share_of_tenths(
                        2,
                        'poorest',
                        'population_share',
                        'cumulative_population_share',
                        measure ~ '_part'
                    ) }}
        end as poorest_{{ measure }},
        case
            when max(all_{{ measure }}) > 0
                then
                    max(all_{{ measure }}) * {{ share_of_tenths(
                        2,
                        'richest',
                        'population_share',
                        'cumulative_population_share',
                        measure ~ '_part'
                    ) }}
        end as richest_{{ measure }}{{ "," if not loop.last }}
    {% endfor %}
    from shares
    group by 1, 2, 3

),

incidence as (

    select
        year,
        stressor_id,
        price_id,
        burden_index as concentration_index,
        burden_index - gdp_index as kakwani_index,
        household_burden_index - household_spending_index
            as household_kakwani_index,
        {{ safe_divide('poorest_burden', 'poorest_gdp') }}
            as poorest_fifth_gdp_share,
        {{ safe_divide('richest_burden', 'richest_gdp') }}
            as richest_fifth_gdp_share,
        {{ safe_divide(
            'poorest_household_burden', 'poorest_household_spending'
        ) }} as poorest_fifth_household_share,
        {{ safe_divide(
            'richest_household_burden', 'richest_household_spending'
        ) }} as richest_fifth_household_share
    from indices

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
        case
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
        totals.price,
        incidence.poorest_fifth_gdp_share,
        incidence.richest_fifth_gdp_share,
        incidence.poorest_fifth_household_share,
        incidence.richest_fifth_household_share,
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
    left join incidence using (year, stressor_id, price_id)

)

select * from carbon_price_summary
