{# What a table says, in sentences made of its own numbers; docs/methods.md,
   Findings. Which sentence is true is chosen here; its wording is in the seed
   texts: of a finding under its text_id, of its headline under that with
   `spoken_` before it, and shorter ones, for long names, with `_short` and
   `_shortest` behind it. #}

{#- a share of all gross flows: the largest is no finding below it #}
{%- set telling_flow_share = 0.01 %}
{#- a multiple is written with two digits: a smaller one might be 1.0 times #}
{%- set telling_factor = 1.05 %}

{%- set has_wider_scope = is_chosen('analyses') %}
{%- set subjects = [
    'largest', 'per_person', 'least_per_person', 'change', 'net',
    'flow_origin', 'flow_destination', 'hub', 'steep', 'hardest_hit', 'harder',
    'lowest_giver',
] %}

with

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

emitters as (

    select * from {{ ref('super_emitters') }}
    where is_default_rule and is_selected

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

leaders as (

    select * from {{ ref('int_leading_regions') }}

),

names as (

    select * from {{ ref('int_spoken_names') }}

),

curves as (

    select * from {{ ref('int_income_curves') }}

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

-- the shipped scenario that avoids most need not be the one that asks most
harder as (

    select
        year,
        stressor_id,
        scenario_name as harder_scenario_name,
        hardest_hit_region_id as harder_region_id,
        smallest_demand_factor as harder_demand_factor
    from {{ ref('quota_summary') }}
    where not is_user_scenario and hardest_hit_region_id is not null
    qualify
        row_number() over (
            partition by year, stressor_id
            order by smallest_demand_factor asc, scenario_id asc
        ) = 1

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

comparisons as (

    select
        *,
        {{ spoken_name('country_name', "'country'") }} as the_country,
        row_number() over (
            partition by year, stressor_id, is_inside_interval
            order by abs(difference) desc, country_id asc
        ) as difference_order
    from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

-- a table of one country: its published account as a whole
premises as (

    select * from {{ ref('int_premises') }}

),

-- with imports, where marts about them are built
wider as (

    {% if has_wider_scope -%}
        select
            year,
            stressor_id,
            sum(full_footprint) as wider_footprints,
            max(method_id) = 'domestic_technology' as is_domestic_technology
        from {{ ref('footprints_with_imports') }}
        where is_default_method
        group by 1, 2
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as double) as wider_footprints,
            false as is_domestic_technology
        from premises
        where false
    {%- endif %}

),

-- emissions by their distance from the purchase, where marts have them
tiers as (

    {% if has_wider_scope -%}
        select
            year,
            stressor_id,
            sum(case when tier = 0 then emissions else 0 end) as of_makers,
            sum(case when tier = 1 then emissions else 0 end) as of_suppliers,
            sum(case when tier > 1 then emissions else 0 end) as of_others
        from {{ ref('footprint_by_tier') }}
        group by 1, 2
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as double) as of_makers,
            cast(null as double) as of_suppliers,
            cast(null as double) as of_others
        from premises
        where false
    {%- endif %}

),

-- why footprints changed, where marts about it are built
reasons as (

    {% if has_wider_scope -%}
        select * from {{ ref('int_reasons_of_change') }}
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as integer) as base_year,
            false as is_deflated,
            cast(null as varchar) as reason,
            cast(null as double) as reason_change,
            cast(null as double) as footprints_change,
            cast(null as double) as base_footprints
        from premises
        where false
    {%- endif %}

),

-- burdens of the price that is shown first, where marts about prices are built
prices as (

    {% if has_wider_scope -%}
        select
            year,
            stressor_id,
            incidence as price_incidence,
            winners_population_share as price_winners_share,
            {{ safe_divide(
                'poorest_fifth_household_share', 'richest_fifth_household_share'
            ) }} as poorest_to_richest,
            case
                when price >= 100
                    then cast(cast(round(price) as bigint) as varchar)
                else
                    regexp_replace(
                        cast(cast(price as decimal(18, 2)) as varchar),
                        '\.?0+$',
                        ''
                    )
            end as price_amount,
            poorest_fifth_household_share as poorest_fifth_share,
            richest_fifth_household_share as richest_fifth_share
        from {{ ref('carbon_price_summary') }}
        where is_default
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as varchar) as price_incidence,
            cast(null as double) as price_winners_share,
            cast(null as double) as poorest_to_richest,
            cast(null as varchar) as price_amount,
            cast(null as double) as poorest_fifth_share,
            cast(null as double) as richest_fifth_share
        from premises
        where false
    {%- endif %}

),

totals as (

    select
        year,
        stressor_id,
        count(*) as regions,
        bool_or(region_type = 'remainder') as has_remainders,
        bool_or(region_type = 'rest_of_world') as has_rest_of_world,
        coalesce(bool_or(is_ranked and gdp > 0), false) as has_gdp,
        sum(consumption_footprint) as footprints,
        sum(inflow_emissions) as all_flows,
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

-- the largest, with the number of equals
largest as (

    select
        year,
        stressor_id,
        count(*) as largest_regions,
        min(region_name) as largest_region,
        max(consumption_footprint) as largest_footprint,
        max(production_emissions) as emitted_there
    from rankings
    where footprint_rank = 1
    group by 1, 2

),

ranked as (

    select
        rankings.year,
        rankings.stressor_id,
        count(*) as ranked_regions,
        count(emitters.region_id) as super_emitters,
        {{ part_of_whole(
            'sum(case when emitters.region_id is not null then'
            ~ ' rankings.consumption_footprint else 0 end)',
            'sum(rankings.consumption_footprint)'
        ) }} as emitter_footprint_share,
        {{ safe_divide(
            'sum(case when emitters.region_id is not null then'
            ~ ' rankings.population else 0 end)',
            'sum(rankings.population)'
        ) }} as emitter_population_share,
        min_by(
            emitters.region_id,
            row(-rankings.footprint_per_capita, emitters.region_id)
        ) filter (where emitters.region_id is not null) as steep_region_id,
        {{ safe_divide(
            'max(rankings.footprint_per_capita)'
            ~ ' filter (where emitters.region_id is not null)',
            'sum(rankings.consumption_footprint) / sum(rankings.population)'
        ) }} as steep_factor
    from rankings
    left join emitters using (year, stressor_id, region_id)
    group by 1, 2

),

-- how many published footprints lie inside the intervals, and which lie
-- furthest outside. What is invented is no country; a table of one is compared
-- as a whole
published as (

    select
        comparisons.year,
        comparisons.stressor_id,
        count(*) as published_accounts,
        case
            when count(comparisons.is_inside_interval) = count(*)
                then count(*) filter (where comparisons.is_inside_interval)
        end as published_inside,
        median(abs(comparisons.relative_difference)) as median_difference,
        string_agg(
            {{ sentence("'published_difference'", 'comparisons') }},
            ', ' order by comparisons.difference_order
        ) filter (
            where
            not comparisons.is_inside_interval
            and comparisons.difference_order <= 3
        ) as outside_names
    from comparisons
    cross join dataset
    inner join premises using (year, stressor_id)
    where
        not dataset.is_synthetic
        and (dataset.country = 'WLD' or premises.published is not null)
    group by 1, 2

),

-- how far the trade parameters of a compiled table move what is ranked
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
        leakage.poor_to_rich_share,
        leakage.net_poor_to_rich_share,
        leakage.unknown_direction_share,
        quotas.* exclude (
            year, stressor_id, super_emitters, unit, premise_note
        ),
        -- the noun of recipients, which other marts on scenarios do not have
        replace(
            replace(quotas.premise_note, 'regions', dataset.region_noun_plural),
            'region here',
            dataset.region_noun || ' here'
        ) as premise_note,
        totals.* exclude (year, stressor_id),
        largest.* exclude (year, stressor_id),
        ranked.* exclude (year, stressor_id, super_emitters),
        leaders.* exclude (year, stressor_id),
        case
            when {{ exceeds(
                'quotas.smallest_demand_factor', 'harder.harder_demand_factor'
            ) }}
                then harder.harder_scenario_name
        end as harder_scenario_name,
        harder.harder_region_id,
        1 - harder.harder_demand_factor as harder_cut,
        curves.income_elasticity,
        curves.curve_r_squared,
        coalesce(curves.regions, 0) as curve_regions,
        published.* exclude (year, stressor_id),
        moves.* exclude (year, stressor_id),
        reasons.* exclude (year, stressor_id),
        prices.* exclude (year, stressor_id),
        prices.price_amount || ' ' || dataset.currency as price_said,
        1 / nullif(prices.poorest_to_richest, 0) as richest_to_poorest,
        wider.* exclude (year, stressor_id),
        {{ part_of_whole('tiers.of_makers', 'totals.footprints') }}
            as maker_share,
        {{ part_of_whole('tiers.of_suppliers', 'totals.footprints') }}
            as supplier_share,
        {{ part_of_whole('tiers.of_others', 'totals.footprints') }}
            as upstream_share,
        coalesce(ranked.super_emitters, 0) as super_emitters,
        case leakage.stressor_id
            when 'co2' then 'CO2'
            when 'ch4' then 'methane'
            when 'n2o' then 'nitrous oxide'
            else stressors.stressor_name
        end as gas,
        account_extents.scope as extent,
        account_extents.footprints_leave_out,
        account_extents.has_exports,
        account_extents.has_direct_emissions,
        outside_trade.has_final_imports,
        dataset.region_noun,
        dataset.region_noun_plural,
        -- what is not ranked is no city, and is in trade all the same
        case
            when totals.has_remainders then 'region'
            else dataset.region_noun
        end as any_noun,
        case
            when totals.has_remainders then 'regions'
            else dataset.region_noun_plural
        end as any_noun_plural,
        dataset.is_compiled,
        dataset.rank_note,
        (
            select bool_or(categories.category_group = 'investment')
            from categories
        ) as has_investment,
        premises.published as published_country,
        {{ safe_divide(
            'published.published_inside', 'published.published_accounts'
        ) }} as published_inside_share,
        reconciliation.emissions_in,
        reconciliation.is_closed,
        reconciliation.unattributed,
        inequality.bottom50_share,
        inequality.top10_share
    from leakage
    inner join stressors using (stressor_id)
    inner join account_extents using (year, stressor_id)
    inner join reconciliation using (year, stressor_id)
    inner join totals using (year, stressor_id)
    inner join outside_trade on leakage.year = outside_trade.year
    inner join premises using (year, stressor_id)
    left join largest using (year, stressor_id)
    left join ranked using (year, stressor_id)
    left join leaders using (year, stressor_id)
    left join harder using (year, stressor_id)
    left join curves using (year, stressor_id)
    left join wider using (year, stressor_id)
    left join tiers using (year, stressor_id)
    left join published using (year, stressor_id)
    left join quotas using (year, stressor_id)
    left join inequality using (year, stressor_id)
    left join moves using (year, stressor_id)
    left join reasons using (year, stressor_id)
    left join prices using (year, stressor_id)
    cross join dataset

),

-- what sentences name besides, and conditions of their parts
clauses as (

    select
        *,
        coalesce(premise, '') = 'across_countries' as is_across_countries,
        nullif(replace(footprints_leave_out, '; ', ' and '), '') as left_out,
        contains(footprints_leave_out, 'imports') as is_without_imports,
        not has_direct_emissions and has_final_imports as is_without_direct,
        has_direct_emissions and not has_final_imports as is_without_final,
        not has_direct_emissions and not has_final_imports as is_without_both,
        any_noun = 'country'
        and has_rest_of_world
        and not is_without_imports as has_one_rest_of_world,
        published_country is null as is_without_published_country,
        unattributed <> 0 as is_partly_unattributed,
        abs(footprints / published_country - 1) as published_gap,
        coalesce(footprints < published_country, false) as is_below_published,
        not is_below_published as is_above_published,
        -- published figures hold imports, so footprints are compared with them
        wider_footprints > footprints
        and has_direct_emissions
        and has_final_imports as is_whole_with_imports,
        abs(wider_footprints / published_country - 1) as wider_gap,
        coalesce(wider_footprints < published_country, false)
            as is_wider_below,
        not is_wider_below as is_wider_above,
        published_inside = 0 as is_outside_interval,
        published_inside = 1 as is_inside_interval,
        -- of intervals of 90 %, and fewer by more than chance in one case of 20
        cast(round(0.9 * published_accounts) as integer) as published_expected,
        published_inside
        < 0.9 * published_accounts - 1.645 * sqrt(0.09 * published_accounts)
            as is_fewer_inside,
        regions > 1 as has_unranked_regions,
        unknown_direction_share > 0 as has_unknown_direction,
        poor_to_rich_share between 0.45 and 0.55 as is_about_half,
        super_emitters = ranked_regions as is_everybody,
        super_emitters = 1 as is_one_emitter,
        super_emitters <> 1 as is_several_emitters,
        not coalesce({{ exceeds(
            'emitter_footprint_share', 'emitter_population_share'
        ) }}, false) as is_no_more_than_its_share,
        is_no_more_than_its_share
        and super_emitters > 1
        and coalesce(steep_factor >= {{ telling_factor }}, false)
            as is_one_above,
        1 - smallest_demand_factor as largest_cut,
        receivers_above_givers = 1 as is_above_one,
        receivers_above_givers > 1 as is_above_several,
        cast(
            round(receivers_reach_upper_middle * allocation_rules) as integer
        ) as rules_that_reach,
        -- as headlines say it: in two words, or the word that fits all
        case
            when footprints_leave_out = '' then null
            when is_without_imports then 'without imports'
            else 'without direct emissions'
        end as scope_said,
        upper(left(scope_said, 1)) || substr(scope_said, 2) as scope_first,
        scope_said is null as is_whole,
        {% for noun in ['region_noun', 'any_noun'] %}
            {{ short_noun(noun, 'place') }} as {{ noun }}_said,
            {{ short_noun(noun ~ '_plural', 'places') }}
                as {{ noun }}_plural_said,
        {% endfor %}
        not is_largest_of_all as is_not_largest_of_all,
        hub_region_id is not null as has_hub,
        not is_hub_of_all as is_hub_of_ranked,
        is_whole and largest_footprint > largest_published
            as is_largest_above_published,
        is_whole and largest_footprint < largest_published
            as is_largest_below_published,
        is_whole and largest_per_person > published_per_person
            as is_person_above_published,
        is_whole and largest_per_person < published_per_person
            as is_person_below_published,
        abs(change_factor - 1) as change_size,
        ranked_regions > 1 as has_several_ranked,
        nullif(ranked_regions - changed_regions, 0) as unchanged_regions,
        case
            when super_emitters <= 12
                then {{ count_in_words('super_emitters') }}
            else 'the chosen'
        end as emitters_said,
        upper(left(emitters_said, 1)) || substr(emitters_said, 2)
            as emitters_first,
        case
            when super_emitters = 1 then region_noun_said
            else region_noun_plural_said
        end as emitters_noun,
        round(emitter_footprint_share, 2) as spoken_footprint_share,
        round(emitter_population_share, 2) as spoken_population_share,
        spoken_population_share > spoken_footprint_share as is_larger_share,
        spoken_population_share < spoken_footprint_share as is_smaller_share,
        spoken_population_share = spoken_footprint_share as is_equal_share,
        -- is what crosses no border of the table as well in both accounts
        is_whole
        and not has_exports
        and unattributed = 0 as is_closed_trade,
        abs(net_transfer) as net_difference,
        upper(left(reason, 1)) || substr(reason, 2) as reason_first,
        abs(reason_change) as reason_size,
        reason_change > 0 as is_reason_more,
        not is_reason_more as is_reason_less,
        abs(footprints_change) as footprints_change_size,
        footprints_change > 0 as is_sum_larger,
        not is_sum_larger as is_sum_smaller,
        -- effects that cancel out are no change
        footprints_change_size <= 1e-9 * base_footprints as is_unchanged_sum,
        not is_deflated as is_at_current_prices,
        -- a steeper line says that incomes hardly differ
        case
            when abs(income_elasticity) <= log2(10)
                then power(2, income_elasticity)
        end as footprint_factor,
        scenario_name is not null and region_noun = 'country'
            as is_of_countries,
        not is_of_countries as is_not_of_countries
    from figures

),

-- a region is said by its name, in headlines by its short one
named as (

    select
        {% for subject in subjects %}
            {{ subject }}.the_name as {{ subject }}_name,
            {{ subject }}.the_name_first as {{ subject }}_name_first,
            {{ subject }}.short_name as {{ subject }}_said,
            {{ subject }}.short_name_first as {{ subject }}_said_first,
        {% endfor %}
        clauses.*
    from clauses
    {% for subject in subjects %}
        left join names as {{ subject }}
            on clauses.{{ subject }}_region_id = {{ subject }}.region_id
    {% endfor %}

),

-- a finding without a subject has no text
chosen as (

    select
        *,
        case when wider_footprints > footprints then {{ sentence(
            "'with_imports'", 'named'
        ) }} end as with_imports,
        case when receivers_above_givers > 0 then {{ sentence(
            "'lowest_giver'", 'named'
        ) }} end as lowest_giver,
        unnest([
            {
                'finding_id': 'accounts_close', 'finding_position': 1,
                'text_id': case
                    when emissions_in = 0 then 'accounts_close_empty'
                    when not is_closed then 'accounts_close_open'
                    else 'accounts_close'
                end,
                'value': emissions_in, 'unit': 't'
            },
            {
                'finding_id': 'footprint_total', 'finding_position': 2,
                'text_id': case
                    when not coalesce(footprints > 0, false) then null
                    when footprints_leave_out = '' then 'footprint_total'
                    else 'footprint_total_partial'
                end,
                'value': footprints, 'unit': 't'
            },
            {
                'finding_id': 'published_accounts', 'finding_position': 3,
                'text_id': case
                    when published_country is not null and is_whole_with_imports
                        then 'published_accounts_with_imports'
                    when published_country is not null
                        then 'published_accounts_country'
                    when published_accounts is null then null
                    when published_inside is null
                        then 'published_accounts_median'
                    when published_accounts = 1 then 'published_accounts_one'
                    when published_inside = published_accounts
                        then 'published_accounts_all'
                    when published_inside = 0 then 'published_accounts_none'
                    when published_inside = 1 then 'published_accounts_single'
                    else 'published_accounts_some'
                end,
                'value': published_inside_share, 'unit': 'share'
            },
            {
                'finding_id': 'arises_elsewhere', 'finding_position': 4,
                'text_id': case
                    when regions = 1 then 'arises_elsewhere_one_region'
                    when elsewhere_share is null then 'no_footprints'
                    else 'arises_elsewhere'
                end,
                'value': elsewhere_share, 'unit': 'share'
            },
            {
                'finding_id': 'exported', 'finding_position': 5,
                'text_id': case when has_exports then 'exported' end,
                'value': exported_share, 'unit': 'share'
            },
            {
                'finding_id': 'largest_footprint', 'finding_position': 6,
                'text_id': case
                    when ranked_regions is null then null
                    when ranked_regions = 1 then 'largest_footprint_only'
                    when largest_footprint <= 0 then 'largest_footprint_none'
                    when largest_regions = ranked_regions
                        then 'largest_footprint_equal'
                    when largest_regions > 1 then 'largest_footprint_shared'
                    else 'largest_footprint'
                end,
                'value': largest_footprint, 'unit': 't'
            },
            {
                'finding_id': 'per_person', 'finding_position': 7,
                'text_id': case
                    when ranked_regions is null then null
                    when ranked_regions = 1 then 'per_person_only'
                    when largest_per_person <= 0 then 'largest_footprint_none'
                    when per_person_regions = ranked_regions
                        then 'per_person_equal'
                    when per_person_regions > 1 then 'per_person_shared'
                    else 'per_person'
                end,
                'value': largest_per_person, 'unit': 't per person'
            },
            {
                'finding_id': 'change_per_person', 'finding_position': 8,
                'text_id': case
                    when first_year is null or largest_per_person is null
                        then null
                    when not is_of_one_scope then 'change_per_person_scopes'
                    when changed_regions = 0 then 'change_per_person_none'
                    when change_size < 0.01 then 'change_per_person_same'
                    when change_factor > 1 then 'change_per_person_risen'
                    else 'change_per_person_fallen'
                end,
                'value': case when is_of_one_scope then change_factor - 1 end,
                'unit': 'share'
            },
            {
                'finding_id': 'unequal_footprints', 'finding_position': 9,
                'text_id': case
                    when ranked_regions is null then null
                    when ranked_regions = 1 then 'unequal_footprints_one_region'
                    when bottom50_share is null or bottom50_share < 0
                        then 'no_footprints'
                    when bottom50_share > 0.45 and top10_share < 0.12
                        then 'unequal_footprints_alike'
                    else 'unequal_footprints'
                end,
                'value': bottom50_share, 'unit': 'share'
            },
            {
                'finding_id': 'income_and_footprint', 'finding_position': 10,
                'text_id': case
                    when coalesce(ranked_regions, 1) = 1 then null
                    when not has_gdp then 'income_and_footprint_unknown'
                    when curve_regions < 10 then 'income_and_footprint_few'
                    when
                        income_elasticity is null
                        or coalesce(curve_r_squared, 0) < 0.5
                        then 'income_and_footprint_weak'
                    when footprint_factor is null
                        then 'income_and_footprint_narrow'
                    when footprint_factor between 0.95 and 1.05
                        then 'income_and_footprint_same'
                    else 'income_and_footprint'
                end,
                'value': case
                    when curve_regions >= 10 and curve_r_squared >= 0.5
                        then footprint_factor
                end,
                'unit': 'factor'
            },
            {
                'finding_id': 'investment', 'finding_position': 11,
                'text_id': case
                    when not has_investment then 'investment_not_split'
                    when investment_share is null then 'no_footprints'
                    else 'investment'
                end,
                'value': investment_share, 'unit': 'share'
            },
            {
                'finding_id': 'net_emissions', 'finding_position': 12,
                'text_id': case
                    when
                        regions = 1
                        or not coalesce(
                            net_difference > 1e-12 * emissions_in, false
                        )
                        then null
                    when is_closed_trade and net_transfer > 0
                        then 'net_emissions_closed'
                    when is_closed_trade then 'net_emissions_closed_below'
                    when net_transfer > 0 then 'net_emissions'
                    else 'net_emissions_below'
                end,
                'value': net_transfer, 'unit': 't'
            },
            {
                'finding_id': 'largest_flow', 'finding_position': 13,
                'text_id': case
                    when
                        largest_flow > 1e-12 * emissions_in
                        and largest_flow >= {{ telling_flow_share }} * all_flows
                        then 'largest_flow'
                end,
                'value': largest_flow, 'unit': 't'
            },
            {
                'finding_id': 'arises_upstream', 'finding_position': 14,
                'text_id': case
                    when upstream_share > 1e-12 then 'arises_upstream'
                end,
                'value': upstream_share, 'unit': 'share'
            },
            {
                'finding_id': 'poor_to_rich', 'finding_position': 15,
                'text_id': case
                    when coalesce(elsewhere_share, 0) = 0 then null
                    when poor_to_rich_share is null then 'poor_to_rich_unknown'
                    else 'poor_to_rich'
                end,
                'value': poor_to_rich_share, 'unit': 'share'
            },
            {
                'finding_id': 'super_emitters', 'finding_position': 16,
                'text_id': case
                    when ranked_regions is null then null
                    when super_emitters = 0 then 'super_emitters_none'
                    when emitter_footprint_share is null then 'no_footprints'
                    else 'super_emitters'
                end,
                'value': emitter_footprint_share, 'unit': 'share'
            },
            {
                'finding_id': 'emissions_avoided', 'finding_position': 17,
                'text_id': case
                    when ranked_regions is null then null
                    when scenario_id is null then 'emissions_avoided_replaced'
                    when is_across_countries
                        then 'emissions_avoided_across_countries'
                    when not coalesce(quota_share > 1e-12, false)
                        then 'emissions_avoided_none'
                    when hardest_hit_region_name is null
                        then 'emissions_avoided_by_producers'
                    else 'emissions_avoided'
                end,
                'value': case when not is_across_countries then quota end,
                'unit': 't'
            },
            {
                'finding_id': 'receivers', 'finding_position': 18,
                'text_id': case
                    when
                        is_across_countries
                        or not coalesce(quota_share > 1e-12, false)
                        then null
                    when premise <> 'holds' then 'receivers_withheld'
                    when receivers_reach_upper_middle is null
                        then 'receivers_reach_unknown'
                    when reaches_threshold_before
                        then 'receivers_reach_before'
                    else 'receivers'
                end,
                'value': receiver_share, 'unit': 'share'
            },
            {
                'finding_id': 'compiled_ranks', 'finding_position': 19,
                'text_id': case
                    when not is_compiled or ranked_regions is null then null
                    when moving_share is null then 'compiled_ranks_unknown'
                    else 'compiled_ranks'
                end,
                'value': moving_share, 'unit': 'share'
            },
            {
                'finding_id': 'reason_of_change', 'finding_position': 20,
                'text_id': case
                    when reason is null then null
                    when reason_size > 1e-12 * emissions_in
                        then 'reason_of_change'
                    else 'reason_of_change_none'
                end,
                'value': if(is_unchanged_sum, reason_change, footprints_change),
                'unit': 't'
            },
            {
                'finding_id': 'carbon_price', 'finding_position': 21,
                'text_id': case
                    when price_incidence = 'proportional'
                        then 'carbon_price_proportional'
                    when
                        price_incidence = 'regressive'
                        and poorest_to_richest >= {{ telling_factor }}
                        then 'carbon_price_regressive'
                    when
                        price_incidence = 'progressive'
                        and richest_to_poorest >= {{ telling_factor }}
                        then 'carbon_price_progressive'
                    -- the fifths between may decide
                    when price_incidence is not null then 'carbon_price_mixed'
                end,
                -- the larger share over the smaller one
                'value': case
                    when
                        price_incidence = 'progressive'
                        and poorest_to_richest < 1
                        then richest_to_poorest
                    else poorest_to_richest
                end,
                'unit': 'factor'
            }
        ]) as choice
    from named

),

-- one sentence may do for several findings, and not for their headlines
headed as (

    select
        *,
        'spoken_' || case
            when choice['text_id'] = 'super_emitters' and is_everybody
                then 'super_emitters_all'
            when choice['text_id'] = 'super_emitters' and is_one_above
                then 'super_emitters_one'
            when
                choice['text_id'] = 'largest_flow'
                and has_hub
                then 'largest_flow_hub'
            when choice['text_id'] = 'receivers_withheld'
                then 'premise_' || premise
            when
                choice['finding_id'] = 'receivers'
                and receivers_above_givers > 0
                then 'lowest_giver'
            when choice['text_id'] = 'reason_of_change' and is_unchanged_sum
                then 'reason_of_change_in_sum_none'
            when starts_with(choice['text_id'], 'receivers') then 'receivers'
            when
                choice['text_id'] = 'poor_to_rich' and has_unknown_direction
                then 'poor_to_rich_where_known'
            else choice['text_id']
        end as spoken_id
    from chosen
    where choice['text_id'] is not null

),

-- a headline in up to three wordings, and the finding
worded as (

    select
        *,
        unnest([
            { 'position': 1, 'text_id': spoken_id },
            { 'position': 2, 'text_id': spoken_id || '_short' },
            { 'position': 3, 'text_id': spoken_id || '_shortest' },
            { 'position': 4, 'text_id': choice['text_id'] }
        ]) as wording
    from headed

),

sentences as (

    select
        cast(year as integer) as year,
        stressor_id,
        choice['finding_id'] as finding_id,
        cast(choice['finding_position'] as integer) as finding_position,
        wording['position'] as wording_position,
        {{ sentence("worded.wording['text_id']", 'worded') }} as words,
        cast(choice['value'] as double) as value,
        choice['unit'] as unit,
        extent
    from worded

),

findings as (

    select
        year,
        stressor_id,
        finding_id,
        finding_position,
        -- the first wording that fits; a number may begin with a word, and a
        -- name stays as it is
        regexp_replace(
            regexp_replace(
                min_by(words, wording_position) filter (
                    where
                    wording_position < 4
                    and length(words) <= 90
                    and len(string_split(words, ' ')) <= 14
                ),
                '^less than',
                'Less than'
            ),
            '^more than',
            'More than'
        ) as headline,
        max(words) filter (where wording_position = 4) as finding,
        value,
        unit,
        extent
    from sentences
    group by 1, 2, 3, 4, 7, 8, 9
    having finding is not null

)

select * from findings
