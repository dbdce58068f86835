{# Are household footprints larger if they include the capital used up for
   them? #}

with

scope as (

    {{ analysis_scope() }}

),

footprints as (

    select * from {{ ref('capital_footprints') }}

),

regions as (

    select * from {{ ref('regions') }}

),

ranked as (

    select footprints.*
    from footprints
    inner join regions using (region_id)
    where regions.is_ranked

)

select
    ranked.region_name,
    ranked.household_footprint,
    ranked.household_footprint_with_capital,
    {{ safe_divide(
        'ranked.household_footprint_with_capital - ranked.household_footprint',
        'ranked.household_footprint_with_capital'
    ) }} as capital_share,
    ranked.other_footprint_with_capital,
    ranked.footprint_with_capital,
    ranked.consumption_of_fixed_capital,
    case
        when ranked.region_id is null
            then
                'no capital in ' || scope.year || ': no component of value '
                || 'added is consumption of fixed capital, or '
                || scope.stressor_id || ' is not a mass'
    end as not_answered
from scope
left join ranked using (year, stressor_id)
order by ranked.household_footprint_with_capital desc, ranked.region_id asc
