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

known as (

    select
        outside_trade.year,
        stressors.stressor_id,
        stressors.unit,
        outside_trade.has_exports,
        outside_trade.has_imports,
        direct_years.year is not null as has_direct_emissions,
        dataset.country = 'WLD' as is_of_the_world,
        dataset.country <> 'WLD'
        or outside_trade.has_exports
        or outside_trade.has_imports as is_domestic,
        -- money and persons have no chimney of their own in a household
        stressors.is_mass and direct_years.year is null as lacks_direct,
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

told as (

    select
        year,
        stressor_id,
        unit,
        case when is_domestic then 'domestic' else 'global' end
        || case when lacks_direct then ' without direct emissions' else '' end
            as scope,
        case
            when not is_domestic then ''
            when is_of_the_world
                then amount || ' outside the table caused by imports'
            else amount || ' abroad caused by imports'
        end
        || case when is_domestic and lacks_direct then '; ' else '' end
        || case
            when lacks_direct then 'direct emissions of households'
            else ''
        end as footprints_leave_out,
        has_exports,
        has_imports,
        has_direct_emissions,
        is_domestic or lacks_direct as is_lower_bound
    from known

),

scopes as (

    select
        *,
        upper(left(scope, 1)) || substr(scope, 2)
        || case
            when footprints_leave_out = '' then '.'
            else
                ': footprints leave out '
                || replace(footprints_leave_out, '; ', ' and ') || '.'
        end as scope_in_words
    from told

)

select * from scopes
