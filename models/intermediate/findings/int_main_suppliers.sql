{# Who emits most for each region, of those that are ranked: of equals the first
   by id. #}

with

flows as (

    select * from {{ ref('leakage_flows') }}
    where gross_flow > 0

),

regions as (

    select * from {{ ref('regions') }}

),

ranked as (

    select
        flows.year,
        flows.stressor_id,
        flows.destination_region_id as region_id,
        flows.origin_region_id,
        flows.gross_flow,
        regions.is_ranked,
        max(flows.gross_flow) filter (where regions.is_ranked) over (
            partition by
                flows.year, flows.stressor_id, flows.destination_region_id
        ) as largest_flow
    from flows
    inner join regions on flows.origin_region_id = regions.region_id

),

int_main_suppliers as (

    select
        year,
        stressor_id,
        region_id,
        min_by(origin_region_id, row(-gross_flow, origin_region_id))
        filter (where is_ranked) as main_supplier_region_id,
        any_value(largest_flow) as main_supplier_emissions,
        max(gross_flow) as largest_inflow,
        count(*) filter (
            where
            is_ranked
            and {{ three_digits('gross_flow') }}
            = {{ three_digits('largest_flow') }}
        ) as equals
    from ranked
    group by 1, 2, 3

)

select * from int_main_suppliers
