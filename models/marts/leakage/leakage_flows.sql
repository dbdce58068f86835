{# What two regions emit for each other, and what each earns from it;
   docs/methods.md, Trade. A pair is there in both orders, also if it trades
   one way only. #}

with

embodied_flows as (

    select * from {{ ref('embodied_flows') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

value_added_years as (

    select * from {{ ref('int_value_added_years') }}

),

pair_flows as (

    select
        year,
        stressor_id,
        origin_region_id,
        destination_region_id,
        sum(emissions) as flow
    from embodied_flows
    where
        destination_region_id <> 'EXPORT'
        and destination_region_id <> origin_region_id
    group by 1, 2, 3, 4

),

mass_flows as (

    select
        pair_flows.year,
        pair_flows.stressor_id,
        pair_flows.origin_region_id,
        pair_flows.destination_region_id,
        pair_flows.flow
    from pair_flows
    inner join stressors using (stressor_id)
    where stressors.is_mass

),

both_directions as (

    select
        year,
        stressor_id,
        origin_region_id,
        destination_region_id,
        flow as gross_flow,
        cast(0 as double) as reverse_flow
    from mass_flows

    union all

    select
        year,
        stressor_id,
        destination_region_id as origin_region_id,
        origin_region_id as destination_region_id,
        cast(0 as double) as gross_flow,
        flow as reverse_flow
    from mass_flows

),

pairs as (

    select
        year,
        stressor_id,
        origin_region_id,
        destination_region_id,
        sum(gross_flow) as gross_flow,
        sum(reverse_flow) as reverse_flow
    from both_directions
    group by 1, 2, 3, 4

),

value_added_flows as (

    select
        year,
        origin_region_id,
        destination_region_id,
        flow
    from pair_flows
    where stressor_id = 'value_added'

),

leakage_flows as (

    select
        pairs.year,
        pairs.stressor_id,
        pairs.origin_region_id,
        pairs.destination_region_id,
        pairs.gross_flow,
        pairs.reverse_flow,
        pairs.gross_flow - pairs.reverse_flow as net_flow,
        -- no row of value added is a zero, no value added at all is unknown
        case
            when value_added_years.year is not null
                then coalesce(value_added_flows.flow, 0)
        end as value_added_flow,
        destinations.gdp_per_capita > origins.gdp_per_capita
            as is_poor_to_rich,
        origins.region_name as origin_region_name,
        destinations.region_name as destination_region_name,
        't' as unit
    from pairs
    left join value_added_years using (year)
    left join value_added_flows
        using (year, origin_region_id, destination_region_id)
    inner join region_years as origins
        on
            pairs.year = origins.year
            and pairs.origin_region_id = origins.region_id
    inner join region_years as destinations
        on
            pairs.year = destinations.year
            and pairs.destination_region_id = destinations.region_id
    where pairs.gross_flow <> 0 or pairs.reverse_flow <> 0

)

select * from leakage_flows
