{# What a table says, in sentences made of its own numbers; docs/methods.md,
   Findings. The sentences are in the macro finding_sentences. #}

{%- set has_wider_scope = chosen_var('analyses') | string == 'True' %}

with

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

scopes as (

    select * from {{ ref('scopes') }}

),

accounts as (

    select * from {{ ref('int_account_figures') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

inequality as (

    select * from {{ ref('inequality_indices') }}
    where measure = 'consumption_footprint'

),

ranges as (

    select * from {{ ref('compiled_ranges') }}

),

leakage as (

    select * from {{ ref('leakage_summary') }}

),

quotas as (

    select
        *,
        case when premise = 'holds' then receiver_population_share end
            as receiver_share
    from {{ ref('quota_summary') }}
    where is_largest

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

published as (

    select * from {{ ref('int_published_agreement') }}

),

-- of a table of one country: what is published for it as a whole
gaps as (

    select * from {{ ref('int_footprint_gaps') }}

),

-- with imports, where marts about them are built
wider as (

    {% if has_wider_scope -%}
        select
            year,
            stressor_id,
            sum(full_footprint) as wider_footprints,
            case max(method_id)
                when 'domestic_technology'
                    then ' counted as if they were made here'
                else ''
            end as as_if
        from {{ ref('footprint_scopes') }}
        where is_default_method
        group by 1, 2
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as double) as wider_footprints,
            '' as as_if
        from gaps
        where false
    {%- endif %}

),

-- how far the main assumption of a compiled table moves what is ranked
moves as (

    select
        ranges.year,
        ranges.stressor_id,
        avg(
            case when ranges.rank_best < ranges.rank_worst then 1e0 else 0e0 end
        ) as moving_share,
        max(
            1 - {{ safe_divide(
                'ranges.footprint_lowest', 'rankings.consumption_footprint'
            ) }}
        ) as largest_fall,
        max(
            {{ safe_divide(
                'ranges.footprint_highest', 'rankings.consumption_footprint'
            ) }} - 1
        ) as largest_rise
    from ranges
    inner join rankings using (year, stressor_id, region_id)
    where rankings.consumption_footprint > 0
    group by 1, 2

),

-- mass stressors only; without ranked regions there is less to say
figures as (

    select
        cast(leakage.year as varchar) as year,
        leakage.stressor_id,
        quotas.* exclude (year, stressor_id, super_emitters),
        coalesce(accounts.super_emitters, 0) as super_emitters,
        {{ spoken_gas('leakage.stressor_id', 'stressor_name') }} as gas,
        scopes.scope,
        scopes.footprints_leave_out,
        scopes.has_exports,
        scopes.has_direct_emissions,
        dataset.region_noun,
        dataset.region_noun_plural,
        -- what is not ranked is no city, and is in trade all the same
        case
            when accounts.has_remainders then 'region'
            else dataset.region_noun
        end as any_noun,
        case
            when accounts.has_remainders then 'regions'
            else dataset.region_noun_plural
        end as any_noun_plural,
        accounts.has_rest_of_world,
        accounts.footprints,
        wider.wider_footprints,
        wider.as_if,
        {{ left_out_in_words(
            'scopes.has_direct_emissions', 'outside_trade.has_final_imports'
        ) }} as wider_leaves_out,
        gaps.published as published_country,
        published.published_accounts,
        published.published_inside,
        {{ safe_divide(
            'published.published_inside', 'published.published_accounts'
        ) }} as published_inside_share,
        published.median_difference,
        published.outside_names,
        reconciliation.emissions_in,
        reconciliation.is_closed,
        reconciliation.unattributed,
        accounts.regions,
        accounts.elsewhere_share,
        accounts.exported_share,
        accounts.investment_share,
        accounts.has_investment,
        accounts.ranked_regions,
        accounts.emitter_footprint_share,
        accounts.emitter_population_share,
        accounts.largest_regions,
        accounts.largest_region,
        accounts.largest_footprint,
        accounts.emitted_there,
        inequality.bottom50_share,
        inequality.top10_share,
        leakage.poor_to_rich_share,
        leakage.net_poor_to_rich_share,
        leakage.unknown_direction_share,
        dataset.is_compiled,
        dataset.rank_note,
        moves.moving_share,
        moves.largest_fall,
        moves.largest_rise
    from leakage
    inner join stressors using (stressor_id)
    inner join scopes using (year, stressor_id)
    inner join reconciliation using (year, stressor_id)
    inner join accounts using (year, stressor_id)
    inner join outside_trade on leakage.year = outside_trade.year
    left join wider using (year, stressor_id)
    left join gaps using (year, stressor_id)
    left join published using (year, stressor_id)
    left join quotas using (year, stressor_id)
    left join inequality using (year, stressor_id)
    left join moves using (year, stressor_id)
    cross join dataset

),

said as (

    {% for finding_id, value, unit, sentence in finding_sentences() %}
        select
            cast(year as integer) as year,
            stressor_id,
            '{{ finding_id }}' as finding_id,
            cast({{ loop.index }} as integer) as finding_position,
            {{ sentence }} as finding,
            cast({{ value }} as double) as value,
            '{{ unit }}' as unit,
            scope
        from figures
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

findings as (

    select *
    from said
    where finding is not null

)

select * from findings
