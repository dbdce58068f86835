{# The largest flow between two ranked regions, of equals the first by id, and
   the region at an end of all of the ten largest; docs/methods.md, Findings. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

flows as (

    select * from {{ ref('leakage_flows') }}

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

ordered as (

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
    where is_between_ranked and largest_flow > 0

),

-- the ten largest, and those that three digits do not tell from the tenth
foremost as (

    select *
    from ordered
    qualify
        {{ three_digits('largest_flow') }} >= max(
            case when flow_rank = 10 then {{ three_digits('largest_flow') }} end
        ) over (partition by year, stressor_id)

),

ends_of_flows as (

    select
        year,
        stressor_id,
        largest_flow,
        largest_unranked,
        unnest([flow_origin_region_id, flow_destination_region_id])
            as hub_region_id,
        count(*) over (partition by year, stressor_id) as foremost_flows
    from foremost

),

hubs as (

    select
        year,
        stressor_id,
        hub_region_id,
        coalesce(min(largest_flow) >= max(largest_unranked), true)
            as is_hub_of_all
    from ends_of_flows
    group by 1, 2, 3
    having count(*) = any_value(foremost_flows)

),

counted as (

    select
        year,
        stressor_id,
        count(*) as largest_flows
    from ordered
    inner join ordered as largest using (year, stressor_id)
    where
        largest.flow_rank = 1
        and {{ three_digits('ordered.largest_flow') }}
        = {{ three_digits('largest.largest_flow') }}
    group by 1, 2

),

int_leading_flows as (

    select
        ordered.* exclude (flow_rank, largest_unranked),
        counted.largest_flows,
        coalesce(ordered.largest_flow >= ordered.largest_unranked, true)
            as is_largest_of_all,
        hubs.hub_region_id,
        hubs.is_hub_of_all
    from ordered
    inner join counted using (year, stressor_id)
    left join hubs using (year, stressor_id)
    where ordered.flow_rank = 1

)

select * from int_leading_flows
