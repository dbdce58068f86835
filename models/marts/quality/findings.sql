{# What a table says, in sentences made of its own numbers; docs/methods.md,
   Findings. The sentences are in the macro finding_sentences. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

scopes as (

    select * from {{ ref('scopes') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

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

emitters as (

    select * from {{ ref('super_emitters') }}
    where is_default_rule and is_selected

),

quotas as (

    select * from {{ ref('largest_quotas') }}

),

investments as (

    select count(*) > 0 as has_investment
    from categories
    where category_group = 'investment'

),

totals as (

    select
        year,
        stressor_id,
        count(*) as regions,
        {{ part_of_whole(
            'sum(inflow_emissions)', 'sum(consumption_footprint)'
        ) }} as elsewhere_share,
        {{ part_of_whole(
            'sum(export_emissions)', 'sum(production_emissions)'
        ) }} as exported_share,
        {{ part_of_whole(
            'sum(investment_footprint)', 'sum(consumption_footprint)'
        ) }} as investment_share
    from accounts
    group by 1, 2

),

-- of equals, how many there are
largest as (

    select
        year,
        stressor_id,
        count(*) as regions,
        min(region_name) as region_name,
        max(consumption_footprint) as footprint,
        max(production_emissions) as emitted_there
    from rankings
    where footprint_rank = 1
    group by 1, 2

),

ranked as (

    select
        rankings.year,
        rankings.stressor_id,
        count(*) as regions,
        sum(case when emitters.region_id is not null then 1 else 0 end)
            as super_emitters,
        {{ part_of_whole(
            'sum(case when emitters.region_id is not null then'
            ~ ' rankings.consumption_footprint else 0 end)',
            'sum(rankings.consumption_footprint)'
        ) }} as emitter_footprint_share,
        {{ safe_divide(
            'sum(case when emitters.region_id is not null then'
            ~ ' accounts.population else 0 end)',
            'sum(accounts.population)'
        ) }} as emitter_population_share
    from rankings
    inner join accounts using (year, stressor_id, region_id)
    left join emitters using (year, stressor_id, region_id)
    group by 1, 2

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
        leakage.year,
        leakage.stressor_id,
        quotas.* exclude (year, stressor_id),
        stressors.stressor_name,
        scopes.scope,
        scopes.has_exports,
        scopes.has_direct_emissions,
        dataset.country,
        reconciliation.emissions_in,
        reconciliation.is_closed,
        reconciliation.unattributed,
        totals.regions,
        totals.elsewhere_share,
        totals.exported_share,
        totals.investment_share,
        investments.has_investment,
        ranked.regions as ranked_regions,
        ranked.emitter_footprint_share,
        ranked.emitter_population_share,
        largest.regions as largest_regions,
        largest.region_name as largest_region,
        largest.footprint as largest_footprint,
        largest.emitted_there,
        inequality.bottom50_share,
        inequality.top10_share,
        leakage.poor_to_rich_share,
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
    inner join totals using (year, stressor_id)
    left join quotas using (year, stressor_id)
    left join ranked using (year, stressor_id)
    left join largest using (year, stressor_id)
    left join inequality using (year, stressor_id)
    left join moves using (year, stressor_id)
    cross join investments
    cross join dataset

),

said as (

    {% for finding_id, value, unit, sentence in finding_sentences() %}
        select
            year,
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
