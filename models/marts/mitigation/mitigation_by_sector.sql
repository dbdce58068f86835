{# Which sectors of which region emit less; docs/methods.md, Scenarios. What
   final users emit themselves is no sector's. #}

with

embodied_output as (

    select * from {{ ref('embodied_output') }}

),

output_totals as (

    select * from {{ ref('int_embodied_output_totals') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

scenario_intensities as (

    select * from {{ ref('scenario_intensities') }}

),

scenario_demand as (

    select * from {{ ref('scenario_demand') }}

),

-- output that is not made for want of demand
spared as (

    select
        scenario_demand.year,
        scenario_demand.stressor_id,
        scenario_demand.scenario_id,
        embodied_output.origin_id as region_sector_id,
        sum(embodied_output.output * (1 - scenario_demand.demand_factor))
            as spared_output
    from embodied_output
    inner join scenario_demand
        on
            embodied_output.year = scenario_demand.year
            and embodied_output.region_id = scenario_demand.region_id
            and embodied_output.category_id = scenario_demand.category_id
    where scenario_demand.demand_factor <> 1
    group by 1, 2, 3, 4

),

touched as (

    select
        year,
        stressor_id,
        scenario_id,
        region_sector_id
    from spared

    union

    select
        year,
        stressor_id,
        scenario_id,
        region_sector_id
    from scenario_intensities

),

cells as (

    select
        touched.year,
        touched.stressor_id,
        touched.scenario_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.emissions,
        intensities.direct_intensity,
        coalesce(
            scenario_intensities.scenario_intensity,
            intensities.direct_intensity
        ) as scenario_intensity,
        coalesce(output_totals.output, 0) as output,
        coalesce(spared.spared_output, 0) as spared_output
    from touched
    inner join intensities
        on
            touched.year = intensities.year
            and touched.stressor_id = intensities.stressor_id
            and touched.region_sector_id = intensities.region_sector_id
    left join scenario_intensities
        on
            touched.year = scenario_intensities.year
            and touched.stressor_id = scenario_intensities.stressor_id
            and touched.scenario_id = scenario_intensities.scenario_id
            and touched.region_sector_id
            = scenario_intensities.region_sector_id
    left join output_totals
        on
            touched.year = output_totals.year
            and touched.region_sector_id = output_totals.origin_id
    left join spared
        on
            touched.year = spared.year
            and touched.stressor_id = spared.stressor_id
            and touched.scenario_id = spared.scenario_id
            and touched.region_sector_id = spared.region_sector_id

),

effects as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        sector_id,
        emissions,
        direct_intensity * output
        - scenario_intensity * (output - spared_output) as reduction,
        (direct_intensity - scenario_intensity)
        * (output - spared_output / 2) as producer_quota,
        (direct_intensity + scenario_intensity) / 2
        * spared_output as demand_effect
    from cells

),

mitigation_by_sector as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        sector_id,
        emissions as emissions_before,
        emissions - reduction as emissions_after,
        reduction,
        producer_quota,
        demand_effect
    from effects
    where producer_quota <> 0 or demand_effect <> 0

)

select * from mitigation_by_sector
