{# How much demand a region keeps, so that this lever alone brings its footprint
   per person to a user's cap, or why not; docs/methods.md, Scenarios. #}

with

user_scenarios as (

    select * from {{ ref('stg_user_scenarios') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

capped_groups as (

    select * from {{ ref('capped_groups') }}

),

caps as (

    select * from {{ ref('int_yearly_caps') }}

),

embodied_flows as (

    select * from {{ ref('embodied_flows') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

-- an empty field means all; a named cap without a figure caps nobody
requested_caps as (

    select
        accounts.year,
        accounts.stressor_id,
        user_scenarios.scenario_id,
        accounts.region_id,
        coalesce(user_scenarios.cap_tonnes, caps.tonnes_per_person)
            as tonnes_per_person,
        user_scenarios.category_id,
        user_scenarios.line,
        user_scenarios.region_id is not null as names_the_region,
        accounts.population,
        accounts.consumption_footprint,
        accounts.footprint_per_capita
    from user_scenarios
    inner join accounts
        on
            accounts.year = coalesce(user_scenarios.year, accounts.year)
            and accounts.region_id
            = coalesce(user_scenarios.region_id, accounts.region_id)
    inner join stressors using (stressor_id)
    left join caps
        on
            accounts.year = caps.year
            and accounts.stressor_id = caps.stressor_id
            and user_scenarios.cap_id = caps.cap_id
    where
        user_scenarios.kind = 'cap'
        and stressors.is_mass
        and coalesce(user_scenarios.cap_tonnes, caps.tonnes_per_person)
        is not null

),

-- rows with one cap for one region choose categories together
region_caps as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        tonnes_per_person,
        population,
        consumption_footprint,
        footprint_per_capita,
        min(line) as first_line,
        max(case when names_the_region then 1 else 0 end) = 1
            as names_the_region
    from requested_caps
    group by 1, 2, 3, 4, 5, 6, 7, 8

),

-- no category named: not what is no one's consumption, stocks for example, and
-- all that final users emit themselves
chosen_categories as (

    select
        requested_caps.year,
        requested_caps.stressor_id,
        requested_caps.scenario_id,
        requested_caps.region_id,
        requested_caps.tonnes_per_person,
        categories.category_id,
        max(
            case
                when
                    requested_caps.category_id is not null
                    or capped_groups.category_group is not null
                    then 1
                else 0
            end
        ) as takes_purchases
    from requested_caps
    inner join categories
        on
            categories.category_id
            = coalesce(requested_caps.category_id, categories.category_id)
    left join capped_groups using (category_group)
    group by 1, 2, 3, 4, 5, 6

),

purchases as (

    select
        year,
        stressor_id,
        destination_region_id as region_id,
        category_id,
        sum(emissions) as emissions
    from embodied_flows
    group by 1, 2, 3, 4

),

chosen_emissions as (

    select
        chosen_categories.year,
        chosen_categories.stressor_id,
        chosen_categories.scenario_id,
        chosen_categories.region_id,
        chosen_categories.tonnes_per_person,
        sum(
            chosen_categories.takes_purchases * coalesce(purchases.emissions, 0)
            + coalesce(direct_emissions.emissions, 0)
        ) as emissions
    from chosen_categories
    left join purchases using (year, stressor_id, region_id, category_id)
    left join direct_emissions using (year, stressor_id, region_id, category_id)
    group by 1, 2, 3, 4, 5

),

-- what takes up carbon is no help when there is less of it
bounded as (

    select
        region_caps.year,
        region_caps.stressor_id,
        region_caps.scenario_id,
        region_caps.region_id,
        region_caps.tonnes_per_person,
        region_caps.footprint_per_capita,
        region_caps.first_line,
        region_caps.names_the_region,
        chosen_emissions.emissions as chosen_emissions,
        {{ safe_divide(
            'region_caps.consumption_footprint'
            ~ ' - greatest(0, chosen_emissions.emissions)',
            'region_caps.population'
        ) }} as smallest_per_capita
    from region_caps
    inner join chosen_emissions
        using (year, stressor_id, scenario_id, region_id, tonnes_per_person)

),

assessed_caps as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        tonnes_per_person,
        footprint_per_capita,
        chosen_emissions,
        smallest_per_capita,
        first_line,
        case
            when footprint_per_capita is null and names_the_region
                then 'no people'
            when footprint_per_capita is null then 'nobody'
            when footprint_per_capita <= tonnes_per_person then 'below'
            when
                smallest_per_capita - tonnes_per_person
                > cast(1e-12 as double) * footprint_per_capita
                then 'out of reach'
            else 'within reach'
        end as finding
    from bounded

),

int_scenario_caps as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        tonnes_per_person,
        footprint_per_capita,
        chosen_emissions,
        smallest_per_capita,
        case finding
            when 'within reach'
                then
                    greatest(
                        0,
                        (tonnes_per_person - smallest_per_capita)
                        / (footprint_per_capita - smallest_per_capita)
                    )
            when 'below' then 1
        end as demand_factor,
        first_line,
        {{ sentence(
            "'cap_' || replace(assessed_caps.finding, ' ', '_')", 'assessed_caps'
        ) }} as refusal
    from assessed_caps

)

select * from int_scenario_caps
