{# Which sectors of which region emit less; docs/methods.md, Scenarios. What
   final users emit themselves is no sector's. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

output_totals as (

    select * from {{ ref('int_embodied_output_totals') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

scenario_intensities as (

    select * from {{ ref('int_scenario_intensities') }}

),

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

regions as (

    select * from {{ ref('regions') }}

),

changed_demand as (

    select
        scenario_demand.year,
        scenario_demand.stressor_id,
        scenario_demand.scenario_id,
        labels.region_position,
        labels.category_position,
        1 - scenario_demand.demand_factor as avoided_share
    from scenario_demand
    inner join labels using (region_id, category_id)
    where scenario_demand.demand_factor <> 1

),

-- output that is not made for want of demand
avoided_output as (

    select
        changed_demand.year,
        changed_demand.stressor_id,
        changed_demand.scenario_id,
        embodied_output.origin_id as region_sector_id,
        sum(embodied_output.output * changed_demand.avoided_share) as output
    from embodied_output
    inner join changed_demand using (year, region_position, category_position)
    group by 1, 2, 3, 4

),

affected_cells as (

    select
        year,
        stressor_id,
        scenario_id,
        region_sector_id
    from avoided_output

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
        affected_cells.year,
        affected_cells.stressor_id,
        affected_cells.scenario_id,
        intensities.region_id,
        regions.region_name,
        intensities.sector_id,
        intensities.emissions,
        intensities.direct_intensity,
        coalesce(
            scenario_intensities.scenario_intensity,
            intensities.direct_intensity
        ) as scenario_intensity,
        coalesce(output_totals.output, 0) as output,
        coalesce(avoided_output.output, 0) as avoided
    from affected_cells
    inner join intensities using (year, stressor_id, region_sector_id)
    inner join regions using (region_id)
    left join scenario_intensities
        using (year, stressor_id, scenario_id, region_sector_id)
    left join output_totals
        on
            affected_cells.year = output_totals.year
            and affected_cells.region_sector_id = output_totals.origin_id
    left join avoided_output
        using (year, stressor_id, scenario_id, region_sector_id)

),

all_emissions as (

    select
        year,
        stressor_id,
        sum(abs(production_emissions)) as emissions
    from accounts
    group by 1, 2

),

effects as (

    select
        cells.year,
        cells.stressor_id,
        cells.scenario_id,
        cells.region_id,
        cells.sector_id,
        cells.region_name,
        cells.emissions as emissions_before,
        {{ beyond_rounding(
            'cells.direct_intensity * cells.output'
            ~ ' - cells.scenario_intensity * (cells.output - cells.avoided)',
            'all_emissions.emissions'
        ) }} as reduction,
        {{ beyond_rounding(
            '(cells.direct_intensity - cells.scenario_intensity)'
            ~ ' * (cells.output - cells.avoided / 2)',
            'all_emissions.emissions'
        ) }} as producer_quota,
        {{ beyond_rounding(
            '(cells.direct_intensity + cells.scenario_intensity) / 2'
            ~ ' * cells.avoided',
            'all_emissions.emissions'
        ) }} as demand_effect
    from cells
    inner join all_emissions using (year, stressor_id)

),

quota_by_sector as (

    select
        *,
        emissions_before - reduction as emissions_after,
        't' as unit
    from effects
    where producer_quota <> 0 or demand_effect <> 0

)

select * from quota_by_sector
