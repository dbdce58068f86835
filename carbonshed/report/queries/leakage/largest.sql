-- the largest gross flows between ranked regions, beside all flows
with

accounts as (

    select
        region_id,
        region_name,
        is_ranked
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

),

flows as (

    select
        leakage_flows.origin_region_id,
        origins.region_name as origin,
        leakage_flows.destination_region_id,
        destinations.region_name as destination,
        leakage_flows.gross_flow,
        leakage_flows.reverse_flow,
        leakage_flows.net_flow,
        origins.is_ranked and destinations.is_ranked as is_between_ranked
    from leakage_flows
    inner join accounts as origins
        on leakage_flows.origin_region_id = origins.region_id
    inner join accounts as destinations
        on leakage_flows.destination_region_id = destinations.region_id
    where
        leakage_flows.year = $year
        and leakage_flows.stressor_id = $stressor

),

-- as windows over all rows with a filter, these take half a minute
totals as (

    select
        sum(gross_flow) filter (where is_between_ranked)
            as flows_between_ranked,
        sum(gross_flow) as all_flows,
        count(*) filter (where is_between_ranked and gross_flow > 0) as pairs,
        count(*) filter (where gross_flow > 0) as all_pairs
    from flows

)

select
    flows.origin_region_id,
    flows.origin,
    flows.destination_region_id,
    flows.destination,
    flows.gross_flow,
    flows.reverse_flow,
    flows.net_flow,
    totals.pairs,
    totals.all_pairs,
    totals.flows_between_ranked,
    totals.all_flows
from flows
cross join totals
where
    flows.is_between_ranked
    and flows.gross_flow > 0
order by 5 desc, 1, 3
limit 10
