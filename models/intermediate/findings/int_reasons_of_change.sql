{# The effect that moved the footprints of all regions together most since the
   year before. At current prices inflation is in two effects with opposite
   signs, so these are one reason; docs/methods.md, Findings. #}

{{ config(enabled=is_chosen('analyses'), tags=['analyses']) }}

with

changes as (

    select * from {{ ref('footprint_changes') }}

),

accounts as (

    select
        year,
        stressor_id,
        sum(consumption_footprint) as footprints
    from {{ ref('regional_accounts') }}
    group by 1, 2

),

reasons as (

    select
        year,
        stressor_id,
        base_year,
        is_deflated,
        case
            when
                not is_deflated
                and effect_id in ('intensity', 'demand_per_head')
                then 'demand and intensity'
            when effect_id = 'intensity' then 'emissions per output'
            when effect_id = 'technology' then 'inputs of producers'
            when effect_id = 'final_sourcing' then 'sourcing'
            when effect_id = 'demand_per_head' then 'demand per person'
            when effect_id = 'other_demand' then 'inventories'
            else replace(effect_id, '_', ' ')
        end as reason,
        sum(change) as reason_change
    from changes
    where is_additive
    group by 1, 2, 3, 4, 5

),

ordered as (

    select
        *,
        row_number() over (
            partition by year, stressor_id
            order by abs(reason_change) desc, reason asc
        ) as reason_rank,
        sum(reason_change) over (
            partition by year, stressor_id
        ) as footprints_change
    from reasons

),

int_reasons_of_change as (

    select
        ordered.year,
        ordered.stressor_id,
        ordered.base_year,
        ordered.is_deflated,
        ordered.reason,
        ordered.reason_change,
        ordered.footprints_change,
        accounts.footprints as base_footprints
    from ordered
    inner join accounts
        on
            ordered.base_year = accounts.year
            and ordered.stressor_id = accounts.stressor_id
    where ordered.reason_rank = 1

)

select * from int_reasons_of_change
