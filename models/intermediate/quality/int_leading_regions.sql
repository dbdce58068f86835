{# The ranked regions that sentences name, of equals the first by id;
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

comparisons as (

    select * from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

scopes as (

    select * from {{ ref('scopes') }}

),

-- countries of a world table whose published consumption contradicts the
-- table: it is outside the interval
contradictions as (

    select
        comparisons.year,
        comparisons.stressor_id,
        comparisons.country_id as region_id,
        comparisons.published_emissions
    from comparisons
    cross join {{ ref('dataset') }} as dataset
    where
        dataset.country = 'WLD'
        and not dataset.is_synthetic
        and not comparisons.is_inside_interval

),

people as (

    select
        rankings.year,
        rankings.stressor_id,
        rankings.region_id,
        rankings.footprint_per_capita,
        {{ safe_divide(
            'contradictions.published_emissions', 'rankings.population'
        ) }} as published_per_capita,
        row_number() over (
            partition by rankings.year, rankings.stressor_id
            order by
                rankings.footprint_per_capita desc nulls last,
                rankings.region_id asc
        ) as place_from_above,
        row_number() over (
            partition by rankings.year, rankings.stressor_id
            order by rankings.footprint_per_capita asc, rankings.region_id asc
        ) as place_from_below,
        max(rankings.footprint_per_capita) over (
            partition by rankings.year, rankings.stressor_id
        ) as largest
    from rankings
    left join contradictions using (year, stressor_id, region_id)

),

per_person as (

    select
        year,
        stressor_id,
        max(largest) as largest_per_person,
        max(case when place_from_above = 1 then region_id end)
            as per_person_region_id,
        max(case when place_from_above = 1 then published_per_capita end)
            as published_per_person,
        max(case when place_from_below = 1 then region_id end)
            as least_per_person_region_id,
        min(footprint_per_capita) as least_per_person,
        count(*) filter (
            where not {{ exceeds('largest', 'footprint_per_capita') }}
        ) as per_person_regions
    from people
    group by 1, 2

),

balanced as (

    select
        balances.year,
        balances.stressor_id,
        balances.region_id as net_region_id,
        balances.net_emissions,
        balances.emissions_exported as net_emitted_for_others,
        balances.emissions_imported as net_emitted_elsewhere,
        rankings.production_emissions as net_production,
        rankings.consumption_footprint as net_footprint,
        max(abs(balances.net_emissions)) over (
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
                {{ exceeds('largest_difference', 'abs(net_emissions)') }} asc,
                net_emissions desc,
                net_region_id asc
        ) = 1

),

-- a flow to or from what is not ranked may be larger than all between those
-- that are
ranked_flows as (

    select
        flows.year,
        flows.stressor_id,
        flows.origin_region_id as flow_origin_region_id,
        flows.destination_region_id as flow_destination_region_id,
        flows.gross_flow as largest_flow,
        flows.reverse_flow as largest_flow_back,
        origins.region_id is not null
        and destinations.region_id is not null as is_between_ranked,
        max(flows.gross_flow) over (
            partition by flows.year, flows.stressor_id
        ) as largest_of_all
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

),

largest_flows as (

    select
        * exclude (is_between_ranked, largest_of_all),
        largest_flow >= largest_of_all as is_largest_of_all
    from ranked_flows
    where is_between_ranked
    qualify
        row_number() over (
            partition by year, stressor_id
            order by
                largest_flow desc,
                flow_origin_region_id asc,
                flow_destination_region_id asc
        ) = 1

),

ends_of_flows as (

    select
        year,
        stressor_id,
        unnest([flow_origin_region_id, flow_destination_region_id])
            as hub_region_id
    from ranked_flows
    where
        is_between_ranked
        and largest_flow > 0
    qualify
        row_number() over (
            partition by year, stressor_id
            order by
                largest_flow desc,
                flow_origin_region_id asc,
                flow_destination_region_id asc
        ) <= 10

),

-- the region at one end of all ten largest flows, if there is one
hubs as (

    select
        year,
        stressor_id,
        hub_region_id
    from ends_of_flows
    group by 1, 2, 3
    having count(*) = 10

),

largest as (

    select
        rankings.year,
        rankings.stressor_id,
        min(rankings.region_id) as largest_region_id,
        max(contradictions.published_emissions) as largest_published
    from rankings
    left join contradictions using (year, stressor_id, region_id)
    where rankings.footprint_rank = 1
    group by 1, 2

),

first_years as (

    select
        stressor_id,
        min(year) as first_year
    from rankings
    group by 1

),

-- footprints per person beside those of the first year. What is not above zero
-- in both has no relative change
since_first as (

    select
        rankings.year,
        rankings.stressor_id,
        rankings.region_id,
        first_years.first_year,
        earlier.footprint_per_capita as earlier_per_person,
        rankings.footprint_per_capita as later_per_person,
        case
            when
                earlier.footprint_per_capita > 0
                and rankings.footprint_per_capita > 0
                then
                    rankings.footprint_per_capita
                    / earlier.footprint_per_capita
        end as change_factor,
        {{ safe_divide(
            'sum(earlier.consumption_footprint) over years',
            'sum(earlier.population) over years'
        ) }} as earlier_mean,
        {{ safe_divide(
            'sum(rankings.consumption_footprint) over years',
            'sum(rankings.population) over years'
        ) }} as later_mean
    from rankings
    inner join first_years
        on
            rankings.stressor_id = first_years.stressor_id
            and rankings.year > first_years.first_year
    inner join rankings as earlier
        on
            first_years.first_year = earlier.year
            and rankings.stressor_id = earlier.stressor_id
            and rankings.region_id = earlier.region_id
    window years as (partition by rankings.year, rankings.stressor_id)

),

changes as (

    select
        since_first.year,
        since_first.stressor_id,
        since_first.first_year,
        since_first.region_id as change_region_id,
        since_first.earlier_per_person,
        since_first.later_per_person,
        since_first.change_factor,
        since_first.earlier_mean,
        since_first.later_mean,
        later.scope = earlier.scope as is_of_one_scope,
        count(since_first.change_factor) over years as changed_regions,
        count(*) filter (
            where {{ exceeds('since_first.change_factor', '1') }}
        ) over years as risen_regions
    from since_first
    inner join scopes as later using (year, stressor_id)
    inner join scopes as earlier
        on
            since_first.first_year = earlier.year
            and since_first.stressor_id = earlier.stressor_id
    window years as (partition by since_first.year, since_first.stressor_id)
    qualify
        row_number() over (
            partition by since_first.year, since_first.stressor_id
            order by
                abs(since_first.change_factor - 1) desc nulls last,
                since_first.region_id asc
        ) = 1

),

int_leading_regions as (

    select *
    from per_person
    inner join largest using (year, stressor_id)
    left join changes using (year, stressor_id)
    left join net using (year, stressor_id)
    left join largest_flows using (year, stressor_id)
    left join hubs using (year, stressor_id)

)

select * from int_leading_regions
