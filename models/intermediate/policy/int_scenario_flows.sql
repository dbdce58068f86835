{# E' = f' X k between regions, and which lever takes what; docs/methods.md,
   Scenarios. Only the rows of changed producers are taken from embodied_output:
   everything else is in the embodied emissions already. #}

with

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

scenario_intensities as (

    select * from {{ ref('int_scenario_intensities') }}

),

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

-- small numbers for what is summed by, because names in millions of rows take
-- twice the time
numbered_cuts as (

    select
        year,
        region_sector_id,
        stressor_id,
        scenario_id,
        region_id,
        direct_intensity - scenario_intensity as intensity_cut,
        dense_rank() over (
            order by stressor_id, scenario_id, region_id
        ) as origin_number
    from scenario_intensities

),

origin_labels as (

    select distinct
        origin_number,
        stressor_id,
        scenario_id,
        region_id
    from numbered_cuts

),

-- what cleaner producers leave unemitted, were demand as before
cuts_by_position as (

    select
        embodied_output.year,
        numbered_cuts.origin_number,
        embodied_output.region_position,
        embodied_output.category_position,
        sum(numbered_cuts.intensity_cut * embodied_output.output) as cut
    from embodied_output
    inner join numbered_cuts
        on
            embodied_output.year = numbered_cuts.year
            and embodied_output.origin_id = numbered_cuts.region_sector_id
    -- what serves zero outputs serves nobody
    where embodied_output.region_position <> -2
    group by 1, 2, 3, 4

),

cuts as (

    select
        cuts_by_position.year,
        origin_labels.stressor_id,
        origin_labels.scenario_id,
        origin_labels.region_id as origin_region_id,
        labels.region_id,
        labels.category_id,
        cast(0 as double) as emissions,
        cuts_by_position.cut
    from cuts_by_position
    inner join origin_labels using (origin_number)
    inner join labels using (region_position, category_position)

),

amounts as (

    select * from cuts

    union all

    select
        embodied_emissions.year,
        embodied_emissions.stressor_id,
        scenarios.scenario_id,
        embodied_emissions.origin_region_id,
        embodied_emissions.region_id,
        embodied_emissions.category_id,
        embodied_emissions.emissions,
        cast(0 as double) as cut
    from embodied_emissions
    inner join stressors using (stressor_id)
    inner join scenarios using (year)
    where
        stressors.is_mass
        and embodied_emissions.region_id <> 'UNATTRIBUTED'

),

factored as (

    select
        amounts.*,
        coalesce(scenario_demand.demand_factor, 1) as demand_factor
    from amounts
    left join scenario_demand
        using (year, stressor_id, scenario_id, region_id, category_id)

),

int_scenario_flows as (

    select
        year,
        stressor_id,
        scenario_id,
        origin_region_id,
        region_id as destination_region_id,
        sum(emissions) as emissions_before,
        sum((emissions - cut) * demand_factor) as emissions_after,
        sum(cut * (1 + demand_factor) / 2) as producer_effect,
        sum((emissions - cut / 2) * (1 - demand_factor)) as consumer_effect
    from factored
    group by 1, 2, 3, 4, 5

)

select * from int_scenario_flows
