{# The ranked regions that sentences on trade name, of equals the first by id;
   docs/methods.md, Findings. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

balances as (

    select * from {{ ref('trade_balances') }}

),

flows as (

    select * from {{ ref('leakage_flows') }}

),

balanced as (

    select
        balances.year,
        balances.stressor_id,
        balances.region_id as net_region_id,
        balances.net_transfer,
        balances.outflow_emissions as net_emitted_for_others,
        balances.inflow_emissions as net_emitted_elsewhere,
        rankings.production_emissions as net_production,
        rankings.consumption_footprint as net_footprint,
        max(abs(balances.net_transfer)) over (
            partition by balances.year, balances.stressor_id
        ) as largest_difference
    from balances
    inner join rankings using (year, stressor_id, region_id)

),

-- the one of two that emits for the other, where they trade with each other
-- alone
net as (

    select * exclude (largest_difference)
    from balanced
    qualify
        row_number() over (
            partition by year, stressor_id
            order by
                {{ exceeds('largest_difference', 'abs(net_transfer)') }} asc,
                net_transfer desc,
                net_region_id asc
        ) = 1

),

-- a flow to or from what is not ranked may be larger than those between what is
all_flows as (

    select
        flows.year,
        flows.stressor_id,
        flows.origin_region_id as flow_origin_region_id,
        flows.destination_region_id as flow_destination_region_id,
        flows.gross_flow as largest_flow,
        flows.reverse_flow as largest_flow_back,
        origins.region_id is not null
        and destinations.region_id is not null as is_between_ranked,
        max(
            case
                when
                    origins.region_id is null
                    or destinations.region_id is null
                    then flows.gross_flow
            end
        ) over trade as largest_unranked
    from flows
    left join rankings as origins
        on
            flows.year = origins.year
            and flows.stressor_id = origins.stressor_id
            and flows.origin_region_id = origins.region_id
    left join rankings as destinations
        on
            flows.year = destinations.year
            and flows.stressor_id = destinations.stressor_id
            and flows.destination_region_id = destinations.region_id
    window trade as (partition by flows.year, flows.stressor_id)

),

ten_largest as (

    select
        * exclude (is_between_ranked),
        row_number() over (
            partition by year, stressor_id
            order by
                largest_flow desc,
                flow_origin_region_id asc,
                flow_destination_region_id asc
        ) as flow_rank
    from all_flows
    where is_between_ranked
    qualify flow_rank <= 10

),

largest_flows as (

    select
        * exclude (largest_unranked, flow_rank),
        coalesce(largest_flow >= largest_unranked, true) as is_largest_of_all
    from ten_largest
    where flow_rank = 1

),

ends_of_flows as (

    select
        year,
        stressor_id,
        largest_flow,
        largest_unranked,
        unnest([flow_origin_region_id, flow_destination_region_id])
            as hub_region_id
    from ten_largest
    where largest_flow > 0

),

-- the region at one end of all ten largest flows, if there is one
hubs as (

    select
        year,
        stressor_id,
        hub_region_id,
        coalesce(min(largest_flow) >= max(largest_unranked), true)
            as is_hub_of_all
    from ends_of_flows
    group by 1, 2, 3
    having count(*) = 10

),

int_leading_trade as (

    select *
    from net
    full join largest_flows using (year, stressor_id)
    left join hubs using (year, stressor_id)

)

select * from int_leading_trade
