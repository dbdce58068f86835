{# What a table holds, and what of it is for exports and for investment;
   docs/methods.md, Findings. #}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

shares as (

    select
        year,
        stressor_id,
        {{ part_of_whole(
            'sum(export_emissions)', 'sum(production_emissions)'
        ) }} as exported_share,
        {{ part_of_whole(
            'sum(investment_footprint)', 'sum(consumption_footprint)'
        ) }} as investment_share
    from accounts
    group by 1, 2

),

figures as (

    select
        terms.*,
        reconciliation.is_closed,
        terms.unattributed <> 0 as is_partly_unattributed,
        shares.exported_share,
        shares.investment_share,
        (
            select bool_or(categories.category_group = 'investment')
            from categories
        ) as has_investment
    from terms
    inner join reconciliation using (year, stressor_id)
    inner join shares using (year, stressor_id)

),

told as (

    select
        *,
        to_json(figures) as facts
    from figures

),

int_findings_accounts as (

    select
        year,
        stressor_id,
        facts,
        'accounts_close' as finding_id,
        1 as finding_position,
        case
            when emissions_in = 0 then 'accounts_close_empty'
            when not is_closed then 'accounts_close_open'
            else 'accounts_close'
        end as text_id,
        emissions_in as value,
        't' as unit
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'exported' as finding_id,
        5 as finding_position,
        case when has_exports then 'exported' end as text_id,
        exported_share as value,
        'share' as unit,
        true as is_claim
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'investment' as finding_id,
        12 as finding_position,
        case
            when not has_investment then 'investment_not_split'
            when investment_share is null then 'no_footprints'
            else 'investment'
        end as text_id,
        investment_share as value,
        'share' as unit,
        true as is_claim
    from told

)

select * from int_findings_accounts
where text_id is not null
