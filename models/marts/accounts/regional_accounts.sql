{# Who emits, and for whose consumption; docs/methods.md, Accounts. Every year,
   stressor and region has a row, also where all is zero. #}

{%- set groups = [
    'household', 'government', 'investment', 'inventory', 'other'
] %}

with

region_years as (

    select * from {{ ref('int_region_years') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

sector_emissions as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions,
        sum(case when is_zero_output then emissions else 0 end)
            as zero_output_emissions
    from intensities
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

by_origin as (

    select
        year,
        stressor_id,
        origin_region_id as region_id,
        sum(case when region_id = origin_region_id then emissions else 0 end)
            as local_emissions,
        sum(case when region_id = 'EXPORT' then emissions else 0 end)
            as export_emissions,
        sum(case when region_id = 'UNATTRIBUTED' then emissions else 0 end)
            as unattributed_emissions,
        sum(
            case
                when
                    region_id not in (
                        origin_region_id, 'EXPORT', 'UNATTRIBUTED'
                    )
                    then emissions
                else 0
            end
        ) as outflow_emissions
    from embodied_emissions
    group by 1, 2, 3

),

-- rows of exports and of zero-output columns have no category
by_consumer as (

    select
        embodied.year,
        embodied.stressor_id,
        embodied.region_id,
        sum(
            case
                when embodied.region_id <> embodied.origin_region_id
                    then embodied.emissions
            end
        ) as inflow_emissions,
    {% for group in groups %}
        sum(
            case
                when categories.category_group = '{{ group }}'
                    then embodied.emissions
            end
        ) as {{ group }}_emissions{{ "," if not loop.last }}
    {% endfor %}
    from embodied_emissions as embodied
    inner join categories using (category_id)
    group by 1, 2, 3

),

parts as (

    select
        region_years.year,
        stressors.stressor_id,
        stressors.unit,
        region_years.region_id,
        region_years.region_name,
        region_years.region_type,
        region_years.population,
        region_years.gdp,
        region_years.is_ranked,
        coalesce(sector_emissions.emissions, 0) as sector_emissions,
        coalesce(direct.emissions, 0) as direct_emissions,
        coalesce(by_origin.local_emissions, 0) as local_emissions,
        coalesce(by_origin.outflow_emissions, 0) as outflow_emissions,
        coalesce(by_consumer.inflow_emissions, 0) as inflow_emissions,
        coalesce(by_origin.export_emissions, 0) as export_emissions,
        -- emissions of cells with zero output, and behind what others
        -- delivered to those
        coalesce(sector_emissions.zero_output_emissions, 0)
        + coalesce(by_origin.unattributed_emissions, 0)
            as unattributed_emissions,
    {% for group in groups %}
        coalesce(by_consumer.{{ group }}_emissions, 0)
        {{- ' + coalesce(direct.emissions, 0)' if group == 'household' }}
            as {{ group }}_footprint{{ "," if not loop.last }}
    {% endfor %}
    from region_years
    cross join stressors
    left join sector_emissions using (year, stressor_id, region_id)
    left join direct using (year, stressor_id, region_id)
    left join by_origin using (year, stressor_id, region_id)
    left join by_consumer using (year, stressor_id, region_id)

),

-- production comes from the inputs: that flows agree is a result, and tested
totals as (

    select
        * exclude (sector_emissions),
        sector_emissions + direct_emissions as production_emissions,
        local_emissions + inflow_emissions + direct_emissions
            as consumption_footprint
    from parts

),

regional_accounts as (

    select
        *,
        outflow_emissions - inflow_emissions as net_transfer,
        {{ safe_divide('production_emissions', 'population') }}
            as production_per_capita,
        {{ safe_divide('consumption_footprint', 'population') }}
            as footprint_per_capita
    from totals

)

select * from regional_accounts
