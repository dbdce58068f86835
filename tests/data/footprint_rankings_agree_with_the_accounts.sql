{# Every ranked region of every mass stressor is ranked, nothing else is, and
   the running share ends with 1 at the smallest footprint. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

expected as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.consumption_footprint
    from accounts
    inner join regions
        on accounts.region_id = regions.region_id
    inner join stressors
        on accounts.stressor_id = stressors.stressor_id
    where
        regions.region_type not in ('remainder', 'rest_of_world')
        and stressors.unit = 't'

),

compared as (

    select
        expected.region_id as expected_region_id,
        expected.consumption_footprint as expected_footprint,
        rankings.*,
        max(rankings.cumulative_footprint_share) over (
            partition by
                rankings.year,
                rankings.stressor_id,
                rankings.consumption_footprint
        ) as share_through_equals,
        min(rankings.consumption_footprint) over (
            partition by rankings.year, rankings.stressor_id
        ) as smallest_footprint
    from expected
    full join rankings
        on
            expected.year = rankings.year
            and expected.stressor_id = rankings.stressor_id
            and expected.region_id = rankings.region_id

)

select * from compared
where
    expected_region_id is null
    or region_id is null
    or consumption_footprint <> expected_footprint
    or (
        consumption_footprint = smallest_footprint
        and share_through_equals <> 1
    )
