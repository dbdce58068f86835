{# What crosses borders, for whom, and between which regions most of it;
   docs/methods.md, Findings. #}

{#- a share of all gross flows: the largest is no finding below it -#}
{%- set telling_flow_share = 0.01 %}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

leaders as (

    select * from {{ ref('int_leading_regions') }}
    where contest = 'net'

),

flows as (

    select * from {{ ref('int_leading_flows') }}

),

balances as (

    select * from {{ ref('trade_balances') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

leakage as (

    select * from {{ ref('leakage_summary') }}

),

shares as (

    select
        year,
        stressor_id,
        {{ part_of_whole(
            'sum(inflow_emissions)', 'sum(consumption_footprint)'
        ) }} as elsewhere_share,
        cast(count(*) filter (where is_ranked and gdp > 0) as integer)
            as regions_with_gdp
    from accounts
    group by 1, 2

),

figures as (

    select
        terms.*,
        shares.* exclude (year, stressor_id),
        leakage.poor_to_rich_share,
        leakage.net_poor_to_rich_share,
        leakage.unknown_direction_share,
        flows.* exclude (year, stressor_id),
        leaders.region_id as net_region_id,
        leaders.amount as net_transfer,
        leaders.equals = 1
        and leaders.is_first_licensed as is_net_largest,
        leaders.agrees_with_published as net_agrees,
        balances.outflow_emissions as net_emitted_for_others,
        balances.inflow_emissions as net_emitted_elsewhere,
        emitters.production_emissions as net_production,
        emitters.consumption_footprint as net_footprint,
        abs(leaders.amount) as net_difference
    from terms
    inner join leakage using (year, stressor_id)
    inner join shares using (year, stressor_id)
    left join flows using (year, stressor_id)
    left join leaders using (year, stressor_id)
    left join balances
        on
            terms.year = balances.year
            and terms.stressor_id = balances.stressor_id
            and leaders.region_id = balances.region_id
    left join accounts as emitters
        on
            terms.year = emitters.year
            and terms.stressor_id = emitters.stressor_id
            and leaders.region_id = emitters.region_id

),

worded as (

    select
        *,
        unknown_direction_share > 0 as has_unknown_direction,
        poor_to_rich_share between 0.45 and 0.55 as is_about_half,
        hub_region_id is not null as has_hub,
        largest_flows = 1 as is_flow_largest,
        largest_flows > 1 as is_flow_shared,
        -- is what crosses no border of the table as well in both accounts
        is_whole
        and not has_exports
        and unattributed = 0 as is_closed_trade
    from figures

),

told as (

    select
        *,
        to_json(worded) as facts
    from worded

),

int_findings_trade as (

    select
        year,
        stressor_id,
        facts,
        'arises_elsewhere' as finding_id,
        4 as finding_position,
        case
            when regions = 1 then 'arises_elsewhere_one_region'
            when elsewhere_share is null then 'no_footprints'
            else 'arises_elsewhere'
        end as text_id,
        elsewhere_share as value,
        'share' as unit
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'net_transfer' as finding_id,
        13 as finding_position,
        case
            when regions = 1 or net_region_id is null then null
            when not coalesce(net_difference > 1e-12 * emissions_in, false)
                then null
            when is_closed_trade and net_transfer > 0
                then 'net_transfer_closed'
            when is_closed_trade then 'net_transfer_closed_below'
            when net_transfer > 0 then 'net_transfer'
            else 'net_transfer_below'
        end as text_id,
        net_transfer as value,
        't' as unit,
        [net_region_id] as subject_ids,
        net_agrees as agrees_with_published
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'largest_flow' as finding_id,
        14 as finding_position,
        case
            when
                largest_flow > 1e-12 * emissions_in
                and largest_flow >= {{ telling_flow_share }} * all_flows
                then 'largest_flow'
        end as text_id,
        case
            when has_hub and is_hub_of_all then 'largest_flow_hub'
            when has_hub then 'largest_flow_hub_ranked'
            when not (is_flow_largest and is_largest_of_all)
                then 'largest_flow_shared'
        end as spoken_id,
        largest_flow as value,
        't' as unit,
        case
            when has_hub then [hub_region_id]
            else [flow_origin_region_id, flow_destination_region_id]
        end as subject_ids
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'poor_to_rich' as finding_id,
        16 as finding_position,
        case
            when coalesce(elsewhere_share, 0) = 0 then null
            when poor_to_rich_share is null then 'poor_to_rich_unknown'
            when regions_with_gdp < 3 then 'poor_to_rich_few'
            else 'poor_to_rich'
        end as text_id,
        case
            when is_about_half then 'poor_to_rich_half'
            when has_unknown_direction then 'poor_to_rich_where_known'
        end as spoken_id,
        case when regions_with_gdp >= 3 then poor_to_rich_share end as value,
        'share' as unit,
        regions_with_gdp as support_regions
    from told

)

select
    * replace (
        case
            when text_id in ('largest_flow', 'poor_to_rich') then spoken_id
        end as spoken_id
    ),
    true as is_claim
from int_findings_trade
where text_id is not null
