{# The effects on a footprint add up to its change, region by region, to a share
   of all emissions of the larger of the two years. #}

{{ config(enabled=is_chosen('analyses')) }}

with

changes as (

    select
        year,
        stressor_id,
        base_year,
        region_id,
        sum(change) as all_effects
    from {{ ref('footprint_changes') }}
    where is_additive
    group by 1, 2, 3, 4

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

)

select
    changes.year,
    changes.stressor_id,
    changes.region_id,
    changes.all_effects,
    accounts.consumption_footprint - base_accounts.consumption_footprint
        as expected_change
from changes
inner join accounts using (year, stressor_id, region_id)
inner join accounts as base_accounts
    on
        changes.base_year = base_accounts.year
        and changes.stressor_id = base_accounts.stressor_id
        and changes.region_id = base_accounts.region_id
inner join reported
    on
        changes.year = reported.year
        and changes.stressor_id = reported.stressor_id
inner join reported as base_reported
    on
        changes.base_year = base_reported.year
        and changes.stressor_id = base_reported.stressor_id
where
    not coalesce(
        abs(
            changes.all_effects - accounts.consumption_footprint
            + base_accounts.consumption_footprint
        ) <= cast(1e-9 as double)
        * greatest(reported.emissions_in, base_reported.emissions_in),
        false
    )
