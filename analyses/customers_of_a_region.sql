{# For whom does one region emit? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

flows as (

    select * from {{ ref('embodied_flows') }}

),

regions as (

    select * from {{ ref('regions') }}

),

customers as (

    select
        scope.region_name as producer,
        flows.destination_region_id,
        sum(flows.emissions) as emissions
    from scope
    inner join flows
        on
            scope.year = flows.year
            and scope.stressor_id = flows.stressor_id
            and scope.region_id = flows.origin_region_id
    group by 1, 2

)

select
    customers.producer,
    coalesce(regions.region_name, 'outside the table') as customer,
    customers.emissions,
    {{ safe_divide('customers.emissions', 'sum(customers.emissions) over ()') }}
        as delivered_share,
    customers.destination_region_id
from customers
left join regions
    on customers.destination_region_id = regions.region_id
order by customers.emissions desc, customers.destination_region_id asc
