{# Do embodied emissions flow from poor to rich regions, and value added with
   them? #}

with

scope as (

    {{ analysis_scope() }}

),

flows as (

    select * from {{ ref('leakage_flows') }}

),

directions as (

    select
        case
            when flows.is_poor_to_rich then 'poor to rich'
            when not flows.is_poor_to_rich then 'rich to poor, or equal'
            else 'GDP per person not known'
        end as direction,
        flows.is_poor_to_rich is not null as is_known,
        count(*) as pairs,
        sum(flows.gross_flow) as emissions,
        sum(flows.value_added_flow) as value_added
    from flows
    inner join scope using (year, stressor_id)
    group by 1, 2

)

select
    direction,
    pairs,
    emissions,
    {{ safe_divide('emissions', 'sum(emissions) over ()') }} as emissions_share,
    case
        when is_known
            then
                {{ safe_divide(
                    'emissions',
                    'sum(emissions) filter (where is_known) over ()'
                ) }}
    end as known_share,
    value_added,
    {{ safe_divide('value_added', 'sum(value_added) over ()') }}
        as value_added_share,
    {{ safe_divide('emissions', 'value_added') }} as emissions_per_value_added
from directions
order by direction
