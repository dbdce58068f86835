{# For whom does one region emit? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

flows as (

    select * from {{ ref('embodied_flows') }}

),

customers as (

    select
        scope.region_name as producer,
        flows.destination_region_id,
        coalesce(flows.destination_region_name, 'outside the table')
            as customer,
        sum(flows.emissions) as emissions
    from scope
    inner join flows
        on
            scope.year = flows.year
            and scope.stressor_id = flows.stressor_id
            and scope.region_id = flows.origin_region_id
    group by 1, 2, 3

)

select
    producer,
    customer,
    emissions,
    {{ safe_divide('emissions', 'sum(emissions) over ()') }} as delivered_share,
    destination_region_id
from customers
order by emissions desc, destination_region_id asc
