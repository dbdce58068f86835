{# What is compared between regions, one amount per measure and ranked region;
   docs/methods.md, Inequality. #}

with

region_years as (

    select * from {{ ref('int_region_years') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

ranked_regions as (

    select
        year,
        region_id,
        parent_region_id,
        population,
        gdp,
        gdp_per_capita
    from region_years
    where is_ranked

),

mass_stressors as (

    select stressor_id
    from stressors
    where is_mass

),

footprints as (

    select
        embodied_emissions.year,
        embodied_emissions.stressor_id,
        embodied_emissions.region_id,
        sum(embodied_emissions.emissions) as emissions,
        sum(
            case
                when categories.category_group = 'household'
                    then embodied_emissions.emissions
            end
        ) as household_emissions
    from embodied_emissions
    -- exports and to zero-output columns have no category, and no people
    inner join categories using (category_id)
    group by 1, 2, 3

),

direct as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions
    from direct_emissions
    group by 1, 2, 3

),

production as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions
    from intensities
    group by 1, 2, 3

),

amounts as (

    select
        ranked_regions.year,
        mass_stressors.stressor_id,
        ranked_regions.region_id,
        ranked_regions.parent_region_id,
        ranked_regions.population,
        ranked_regions.gdp,
        ranked_regions.gdp_per_capita,
        coalesce(footprints.emissions, 0)
        + coalesce(direct.emissions, 0) as consumption_footprint,
        coalesce(production.emissions, 0)
        + coalesce(direct.emissions, 0) as production_emissions,
        coalesce(footprints.household_emissions, 0)
        + coalesce(direct.emissions, 0) as household_footprint
    from ranked_regions
    cross join mass_stressors
    left join footprints using (year, stressor_id, region_id)
    left join direct using (year, stressor_id, region_id)
    left join production using (year, stressor_id, region_id)

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
        from amounts
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
