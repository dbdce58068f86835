{# Every measure with a positive total is there, and in it every ranked region
   stands in whole tenths of the people and on exactly one point of the curve;
   docs/methods.md, What must hold on every run. Household footprints have no
   total to look for elsewhere: they are checked where they have rows. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

deciles as (

    select * from {{ ref('inequality_deciles') }}

),

curve as (

    select
        lorenz_curve.*,
        points.population
    from {{ ref('lorenz_curve') }} as lorenz_curve
    inner join {{ ref('int_lorenz_points') }} as points
        using (year, stressor_id, measure, region_id)

),

nations as (

    select
        accounts.year,
        accounts.stressor_id,
        count(*) as regions,
        sum(accounts.population) as population,
        sum(accounts.consumption_footprint) as consumption_footprint,
        sum(accounts.production_emissions) as production_emissions,
        case when count(*) = count(accounts.gdp) then sum(accounts.gdp) end
            as gdp
    from accounts
    inner join rankings using (year, stressor_id, region_id)
    group by 1, 2

),

expected_measures as (

    {% for measure in [
        'consumption_footprint', 'production_emissions', 'gdp'
    ] %}
        select
            year,
            stressor_id,
            '{{ measure }}' as measure
        from nations
        -- a total within rounding of 0 may come out on either side
        where {{ measure }} > 1e-6
        union
    {% endfor %}

    select
        year,
        stressor_id,
        measure
    from deciles

    union

    select
        year,
        stressor_id,
        measure
    from curve

),

decile_totals as (

    select
        year,
        stressor_id,
        measure,
        count(*) as deciles,
        min(population) as least_population,
        max(population) as most_population
    from deciles
    group by 1, 2, 3

),

curve_totals as (

    select
        year,
        stressor_id,
        measure,
        count(distinct region_id) as regions,
        max(rank_order) as last_rank,
        sum(population) as population
    from curve
    group by 1, 2, 3

)

select
    expected_measures.year,
    expected_measures.stressor_id,
    expected_measures.measure,
    nations.regions,
    nations.population,
    decile_totals.deciles,
    decile_totals.least_population,
    decile_totals.most_population,
    curve_totals.regions as regions_on_curve,
    curve_totals.population as population_on_curve
from expected_measures
left join nations using (year, stressor_id)
left join decile_totals using (year, stressor_id, measure)
left join curve_totals using (year, stressor_id, measure)
where
    decile_totals.deciles is distinct from 10
    or decile_totals.least_population
    is distinct from cast(nations.population as double) / 10
    or decile_totals.most_population
    is distinct from cast(nations.population as double) / 10
    or curve_totals.regions is distinct from nations.regions
    or curve_totals.last_rank is distinct from nations.regions
    or curve_totals.population is distinct from nations.population
