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

-- rows with one cap for one region choose categories together. No category
-- named: not what is no one's consumption, stocks for example, and all that
-- final users emit themselves
chosen_categories as (

    select
        requested_caps.* exclude (category_id, line, names_the_region),
        categories.category_id,
        min(requested_caps.line) as first_line,
        bool_or(requested_caps.names_the_region) as names_the_region,
        bool_or(
            requested_caps.category_id is not null
            or capped_groups.category_group is not null
        ) as takes_purchases
    from requested_caps
    inner join categories
        on
            categories.category_id
            = coalesce(requested_caps.category_id, categories.category_id)
    left join capped_groups using (category_group)
    group by all

),

chosen as (

    select
        chosen_categories.* exclude (
            category_id, first_line, names_the_region, takes_purchases
        ),
        min(chosen_categories.first_line) as first_line,
        bool_or(chosen_categories.names_the_region) as names_the_region,
        sum(
            case
                when chosen_categories.takes_purchases
                    then coalesce(purchases.emissions, 0)
                else 0
            end
            + coalesce(direct_emissions.emissions, 0)
        ) as chosen_emissions
    from chosen_categories
    left join purchases using (year, stressor_id, region_id, category_id)
    left join direct_emissions using (year, stressor_id, region_id, category_id)
    group by all

),

-- what takes up carbon is no help when there is less of it
bounded as (

    select
        *,
        {{ safe_divide(
            'consumption_footprint - greatest(0, chosen_emissions)',
            'population'
        ) }} as smallest_per_capita
    from chosen

),

assessed_caps as (

    select
        *,
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
