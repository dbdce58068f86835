{# What the footprints of a year hold, as the data tell it; docs/methods.md,
   Scope. #}

with

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

direct_years as (

    select distinct
        year,
        stressor_id
    from direct_emissions
    where emissions <> 0

),

scope_flags as (

    select
        outside_trade.year,
        stressors.stressor_id,
        stressors.unit,
        outside_trade.has_exports,
        outside_trade.has_imports,
        direct_years.year is not null as has_direct_emissions,
        dataset.country <> 'WLD'
        or outside_trade.has_exports
        or outside_trade.has_imports as is_domestic,
        dataset.country = 'WLD' as is_of_the_world,
        -- money and persons have no chimney of their own in a household
        stressors.is_mass and direct_years.year is null as is_without_direct,
        case
            when stressors.is_mass then 'emissions'
            else lower(stressors.stressor_name)
        end as amount
    from outside_trade
    cross join stressors
    cross join dataset
    left join direct_years
        on
            outside_trade.year = direct_years.year
            and stressors.stressor_id = direct_years.stressor_id

),

described as (

    select
        year,
        stressor_id,
        unit,
        case when is_domestic then 'domestic' else 'global' end
        || case
            when is_without_direct then ' without direct emissions' else ''
        end as scope,
        {{ sentence(
            "case when not scope_flags.is_domestic then 'leave_out_direct'"
            ~ " when scope_flags.is_of_the_world then 'leave_out_outside'"
            ~ " else 'leave_out_abroad' end",
            'scope_flags'
        ) }} as footprints_leave_out,
        has_exports,
        has_imports,
        has_direct_emissions,
        is_domestic or is_without_direct as is_lower_bound
    from scope_flags

),

named as (

    select
        *,
        upper(left(scope, 1)) || substr(scope, 2) as the_scope,
        replace(nullif(footprints_leave_out, ''), '; ', ' and ') as left_out
    from described

),

account_extents as (

    select
        * exclude (the_scope, left_out),
        {{ sentence("'scope_in_words'", 'named') }} as scope_in_words
    from named

)

select * from account_extents
