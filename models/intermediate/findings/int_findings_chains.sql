{# How far from the purchase emissions arise, and what moved footprints since
   the year before; docs/methods.md, Findings. #}

{{ config(enabled=is_chosen('analyses'), tags=['analyses']) }}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

tiers as (

    select
        year,
        stressor_id,
        sum(case when tier = 0 then emissions else 0 end) as of_makers,
        sum(case when tier = 1 then emissions else 0 end) as of_suppliers,
        sum(case when tier > 1 then emissions else 0 end) as of_others
    from {{ ref('footprint_by_tier') }}
    group by 1, 2

),

reasons as (

    select * from {{ ref('int_reasons_of_change') }}

),

figures as (

    select
        terms.*,
        {{ part_of_whole('tiers.of_makers', 'terms.footprints') }}
            as maker_share,
        {{ part_of_whole('tiers.of_suppliers', 'terms.footprints') }}
            as supplier_share,
        {{ part_of_whole('tiers.of_others', 'terms.footprints') }}
            as upstream_share,
        reasons.* exclude (year, stressor_id),
        upper(left(reasons.reason, 1)) || substr(reasons.reason, 2)
            as reason_first,
        abs(reasons.reason_change) as reason_size,
        reasons.reason_change > 0 as is_reason_more,
        reasons.reason_change <= 0 as is_reason_less,
        reasons.footprints_change > 0 as is_sum_larger,
        reasons.footprints_change <= 0 as is_sum_smaller,
        -- effects that cancel out are no change
        abs(reasons.footprints_change) <= 1e-9 * reasons.base_footprints
            as is_unchanged_sum,
        not reasons.is_deflated as is_at_current_prices
    from terms
    left join tiers using (year, stressor_id)
    left join reasons using (year, stressor_id)

),

told as (

    select
        *,
        to_json(figures) as facts
    from figures

),

int_findings_chains as (

    select
        year,
        stressor_id,
        facts,
        'arises_upstream' as finding_id,
        15 as finding_position,
        case when upstream_share > 1e-12 then 'arises_upstream' end as text_id,
        null as spoken_id,
        cast(null as varchar) as detail,
        upstream_share as value,
        'share' as unit
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'reason_of_change' as finding_id,
        21 as finding_position,
        case
            when reason is null then null
            when reason_size > 1e-12 * emissions_in then 'reason_of_change'
            else 'reason_of_change_none'
        end as text_id,
        case
            when is_unchanged_sum and reason_size > 1e-12 * emissions_in
                then 'reason_of_change_in_sum_none'
            -- the largest effect is no reason for a change the other way
            when
                is_reason_more <> is_sum_larger
                and reason_size > 1e-12 * emissions_in
                then 'reason_of_change_against'
        end as spoken_id,
        -- another reason, or another direction, is another claim
        reason
        || if(is_reason_more, ', more', ', less')
        || if(is_unchanged_sum or is_sum_larger, ', more', ', less') as detail,
        if(is_unchanged_sum, reason_change, footprints_change) as value,
        't' as unit
    from told

)

select
    *,
    true as is_claim
from int_findings_chains
where text_id is not null
