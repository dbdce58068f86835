{# What is compared between regions, one amount per measure and ranked region;
   docs/methods.md, Inequality. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

ranked_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        region_years.parent_region_id,
        accounts.population,
        region_years.gdp_per_capita,
        accounts.consumption_footprint,
        accounts.production_emissions,
        accounts.household_footprint,
        accounts.gdp
    from accounts
    inner join stressors using (stressor_id)
    inner join region_years using (year, region_id)
    where
        stressors.is_mass
        and region_years.is_ranked

),

measures as (

    {% for measure in [
        'consumption_footprint',
        'production_emissions',
        'household_footprint',
        'gdp',
    ] %}
        select
            year,
            stressor_id,
            '{{ measure }}' as measure,
            region_id,
            parent_region_id,
            population,
            gdp_per_capita,
            cast({{ measure }} as double) as amount
        from ranked_accounts
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

totals as (

    select
        year,
        stressor_id,
        measure,
        sum(amount) as total_amount,
        count(*) as regions,
        count(amount) as regions_with_amount
    from measures
    group by 1, 2, 3

),

-- without a positive total there is no share, and without one region's GDP
-- there is no total
int_inequality_measures as (

    select
        measures.year,
        measures.stressor_id,
        measures.measure,
        measures.region_id,
        measures.parent_region_id,
        measures.population,
        measures.gdp_per_capita,
        measures.amount,
        {{ safe_divide('measures.amount', 'measures.population') }}
            as per_capita
    from measures
    inner join totals using (year, stressor_id, measure)
    where
        totals.total_amount > 0
        and totals.regions = totals.regions_with_amount

)

select * from int_inequality_measures
