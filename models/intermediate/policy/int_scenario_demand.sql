{# k of every scenario where it differs from 1; docs/methods.md, Scenarios. #}

with

levers as (

    select * from {{ ref('scenario_levers') }}

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

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

caps as (

    select * from {{ ref('int_yearly_caps') }}

),

scenario_caps as (

    select * from {{ ref('int_scenario_caps') }}

),

consumers as (

    select
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_default_rule and is_selected and has_consumer_lever

),

cells as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        categories.category_id,
        accounts.footprint_per_capita,
        capped_groups.category_group is not null as is_capped,
        consumers.region_id is not null as has_consumer_lever
    from accounts
    inner join stressors using (stressor_id)
    cross join categories
    left join capped_groups using (category_group)
    left join consumers using (year, stressor_id, region_id)
    where stressors.is_mass

),

-- an empty field of a lever means all
acting_levers as (

    select
        cells.*,
        levers.scenario_id,
        levers.kind,
        levers.factor,
        coalesce(levers.cap_tonnes, caps.tonnes_per_person)
            as tonnes_per_person,
        cells.is_capped or levers.category_id is not null as takes_purchases
    from cells
    inner join levers
        on
            cells.year = coalesce(levers.year, cells.year)
            and cells.region_id = coalesce(levers.region_id, cells.region_id)
            and cells.category_id
            = coalesce(levers.category_id, cells.category_id)
            and (
                not levers.acts_on_super_emitters or cells.has_consumer_lever
            )
    left join caps
        on
            cells.year = caps.year
            and cells.stressor_id = caps.stressor_id
            and levers.cap_id = caps.cap_id
    where levers.lever = 'demand'

),

bounded_levers as (

    select
        acting_levers.*,
        case
            when acting_levers.kind = 'cap' then scenario_caps.demand_factor
            when acting_levers.footprint_per_capita > 0
                then
                    acting_levers.tonnes_per_person
                    / acting_levers.footprint_per_capita
        end as bound
    from acting_levers
    left join scenario_caps
        using (year, stressor_id, scenario_id, region_id, tonnes_per_person)

),

-- a cap for all categories leaves alone what is no one's consumption, stocks
-- for example, and takes all that final users emit themselves
applied_levers as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        category_id,
        {{ product_of('factor') }} as factor,
        min(bound) as direct_cap,
        min(case when takes_purchases then bound end) as demand_cap
    from bounded_levers
    group by 1, 2, 3, 4, 5

),

changed_demand as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        category_id,
        -- least() passes over NULL: where no cap applies, the factor stays,
        -- above 1 too
        least(factor, case when demand_cap >= 1 then 1 else demand_cap end)
            as demand_factor,
        least(factor, case when direct_cap >= 1 then 1 else direct_cap end)
            as direct_factor
    from applied_levers

),

int_scenario_demand as (

    select *
    from changed_demand
    where demand_factor <> 1 or direct_factor <> 1

)

select * from int_scenario_demand
