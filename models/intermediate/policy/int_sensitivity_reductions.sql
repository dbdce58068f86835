{# How much less each consumer would cause under each cap, were intensities as
   before; docs/methods.md, Sensitivity. Only for regions that some rule
   selects. #}

with

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

caps as (

    select * from {{ ref('int_yearly_caps') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

capped_groups as (

    select * from {{ ref('capped_groups') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

consumers as (

    select distinct
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_selected and has_consumer_lever

),

capped_demand as (

    select
        embodied_emissions.year,
        embodied_emissions.stressor_id,
        embodied_emissions.region_id,
        sum(embodied_emissions.emissions) as emissions
    from embodied_emissions
    inner join categories using (category_id)
    inner join capped_groups using (category_group)
    group by 1, 2, 3

),

int_sensitivity_reductions as (

    select
        consumers.year,
        consumers.stressor_id,
        caps.cap_id,
        consumers.region_id,
        coalesce(capped_demand.emissions, 0)
        + accounts.direct_emissions as capped_emissions,
        -- as in scenario_demand: no cap and no footprint, no reduction
        case
            when accounts.footprint_per_capita > 0
                then
                    least(
                        1,
                        coalesce(
                            caps.tonnes_per_person
                            / accounts.footprint_per_capita,
                            1
                        )
                    )
            else 1
        end as demand_factor
    from consumers
    inner join accounts using (year, stressor_id, region_id)
    inner join caps using (year, stressor_id)
    left join capped_demand using (year, stressor_id, region_id)

)

select * from int_sensitivity_reductions
