{# The study's statements, and what this dataset says; docs/methods.md,
   Headlines. A headline is a row of the seed and one computed value here. #}

{%- set has_errors = is_chosen('analyses') %}
{%- set intervals -%}
    {{ 'select * from ' ~ ref('headline_uncertainty') if has_errors
    else "select 0 as year, '' as stressor_id, '' as quantity,"
    ~ " 0e0 as p05, 0e0 as p95 where false" }}
{%- endset %}

with

statements as (

    select * from {{ ref('headline_statements') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

leakage as (

    select * from {{ ref('leakage_summary') }}

),

quotas as (

    select * from {{ ref('quota_summary') }}

),

emitters as (

    select
        year,
        stressor_id,
        count(*) as super_emitters
    from {{ ref('super_emitters') }}
    where is_default_rule and is_selected
    group by 1, 2

),

intervals as (

    {{ intervals }}

),

-- where a user's scenarios replace all shipped ones, none is the largest
policy as (

    select
        cases.year,
        cases.stressor_id,
        coalesce(emitters.super_emitters, 0) as super_emitters,
        largest.scenario_id,
        largest.quota,
        largest.quota_uplift,
        case
            when largest.premise = 'holds'
                then largest.receiver_population_share
        end as receiver_share,
        largest.receivers_reach_upper_middle,
        largest.quota_uplift_note,
        largest.premise_note,
        largest.reaches_threshold_before
    from (
        select distinct
            year,
            stressor_id
        from quotas
    ) as cases
    left join emitters using (year, stressor_id)
    left join quotas as largest
        on
            cases.year = largest.year
            and cases.stressor_id = largest.stressor_id
            and largest.is_largest

),

-- rankings hold the ranked regions and mass stressors only
ranked_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_type,
        accounts.population,
        accounts.consumption_footprint,
        rankings.world_comparison,
        rankings.comparator_year,
        rankings.us_comparator_year,
        row_number() over (
            partition by accounts.year, accounts.stressor_id
            order by
                {{ safe_divide('accounts.gdp', 'accounts.population') }}
                desc nulls last,
                accounts.region_id asc
        ) as richness,
        accounts.gdp is not null as has_gdp
    from accounts
    inner join rankings using (year, stressor_id, region_id)

),

nations as (

    select
        year,
        stressor_id,
        count(*) as regions,
        sum(case when region_type = 'city' then 1 else 0 end) as cities,
        sum(case when has_gdp then 1 else 0 end) as regions_with_gdp,
        -- the study's ten of 309, whatever the number of regions
        {{ ceil_divide('10 * count(*)', '309') }} as richest_regions,
        sum(case when world_comparison = 'above' then 0 else 1 end)
            as regions_not_above_world,
        sum(case when world_comparison = 'not known' then 1 else 0 end)
            as regions_not_known,
        count(world_comparison) as regions_compared,
        max(comparator_year) as world_year,
        max(us_comparator_year) as us_year
    from ranked_accounts
    group by 1, 2

),

richest as (

    select
        nations.year,
        nations.stressor_id,
        {{ safe_divide(
            'sum(ranked_accounts.consumption_footprint)',
            'sum(ranked_accounts.population)'
        ) }} as footprint_per_capita
    from nations
    inner join ranked_accounts using (year, stressor_id)
    where
        ranked_accounts.richness <= nations.richest_regions
        and nations.richest_regions <= nations.regions_with_gdp
    group by 1, 2

),

us_footprints as (

    select
        year,
        stressor_id,
        tonnes_per_person
    from comparators
    where comparator_id = 'united_states_consumption'

),

computed as (

    select
        year,
        stressor_id,
        'regions_modelled' as headline_id,
        cast(regions as double) as computed_value
    from nations

    union all

    select
        nations.year,
        nations.stressor_id,
        'richest_ten_us_ratio' as headline_id,
        {{ safe_divide(
            'richest.footprint_per_capita', 'us_footprints.tonnes_per_person'
        ) }} as computed_value
    from nations
    left join richest using (year, stressor_id)
    left join us_footprints using (year, stressor_id)

    union all

    select
        year,
        stressor_id,
        'share_below_world' as headline_id,
        case
            when regions_compared = regions
                then {{ safe_divide('regions_not_above_world', 'regions') }}
        end as computed_value
    from nations

    {% for figure, source in [
        ('interregional_share', 'leakage'),
        ('interregional_and_export_share', 'leakage'),
        ('supply_chain_share', 'leakage'),
        ('super_emitters', 'policy'),
        ('quota', 'policy'),
        ('quota_uplift', 'policy'),
        ('receiver_share', 'policy'),
        ('receivers_reach_upper_middle', 'policy'),
    ] %}
        union all

        select
            year,
            stressor_id,
            '{{ figure }}' as headline_id,
            cast({{ figure }} as double) as computed_value
        from {{ source }}
    {% endfor %}

),

joined as (

    select
        computed.year,
        computed.stressor_id,
        computed.headline_id,
        statements.statement,
        statements.seed_value,
        computed.computed_value,
        statements.unit,
        dataset.caveat_note,
        account_extents.scope_in_words,
        (
            policy.reaches_threshold_before
            and computed.headline_id = 'receivers_reach_upper_middle'
        ) as is_reached_before,
        case
            when
                computed.computed_value is not null
                and computed.headline_id = 'richest_ten_us_ratio'
                then nations.us_year
        end as us_year,
        (
            computed.computed_value is not null
            and computed.headline_id = 'richest_ten_us_ratio'
            and account_extents.footprints_leave_out <> ''
        ) as is_lower_bound,
        case
            when
                computed.computed_value is not null
                and computed.headline_id = 'share_below_world'
                then nations.world_year
        end as world_year,
        case
            when
                computed.headline_id = 'share_below_world'
                and nations.regions_not_known > 0
                then nations.regions_not_known
        end as regions_not_known,
        (
            not (dataset.is_synthetic or dataset.is_compiled)
            and dataset.country = 'CHN'
            and computed.year = 2012
            and computed.stressor_id = 'co2'
            and nations.regions = 309
            and nations.cities = 309
        ) as comparable,
        statements.headline_position,
        -- the mark alone
        split_part(dataset.caveat, '; ', 1) as caveat,
        dataset.country,
        dataset.is_synthetic,
        dataset.is_compiled,
        policy.scenario_id,
        policy.quota_uplift_note,
        policy.premise_note
    from computed
    inner join nations using (year, stressor_id)
    inner join account_extents using (year, stressor_id)
    inner join statements using (headline_id)
    cross join dataset
    left join policy
        on
            computed.year = policy.year
            and computed.stressor_id = policy.stressor_id
            and computed.headline_id in (
                'quota',
                'quota_uplift',
                'receiver_share',
                'receivers_reach_upper_middle'
            )

),

-- why a headline has no figure, or why its figure is not comparable
stated as (

    select
        *,
        case
            when computed_value is not null and comparable then null
            -- that it is compiled matters of the study's country alone
            when
                computed_value is not null
                and (is_synthetic or is_compiled and country = 'CHN')
                then 'reason_caveat'
            when computed_value is not null then 'reason_another_case'
            when headline_id = 'richest_ten_us_ratio' then 'reason_no_us'
            when headline_id = 'share_below_world' then 'reason_no_world'
            when
                headline_id in (
                    'interregional_share',
                    'interregional_and_export_share',
                    'supply_chain_share'
                )
                then 'reason_no_footprints'
            when scenario_id is null then 'reason_replaced'
            when headline_id = 'quota_uplift' then 'reason_quota_uplift'
            when premise_note is not null then 'reason_premise'
            else 'reason_no_income'
        end as reason_id
    from joined

),

headlines as (

    select
        stated.year,
        stated.stressor_id,
        stated.headline_id,
        stated.statement,
        stated.seed_value,
        stated.computed_value,
        intervals.p05,
        intervals.p95,
        stated.unit,
        {{ sentence("'headline_scope'", 'stated') }} as scope,
        stated.comparable,
        stated.headline_position,
        {{ sentence('stated.reason_id', 'stated') }} as reason,
        stated.scenario_id
    from stated
    left join intervals
        on
            stated.year = intervals.year
            and stated.stressor_id = intervals.stressor_id
            and stated.headline_id = intervals.quantity

)

select * from headlines
