{# What the shipped scenarios would avoid, and to whom it could go;
   docs/methods.md, Findings. #}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

summaries as (

    select * from {{ ref('quota_summary') }}

),

receivers as (

    select * from {{ ref('int_quota_receivers') }}
    where is_default_rule

),

-- the shipped scenario that avoids most need not be the one that asks most
harder as (

    select
        year,
        stressor_id,
        scenario_name as harder_scenario_name,
        hardest_hit_region_id as harder_region_id,
        smallest_demand_factor as harder_demand_factor
    from summaries
    where not is_user_scenario and hardest_hit_region_id is not null
    qualify
        row_number() over (
            partition by year, stressor_id
            order by smallest_demand_factor asc, scenario_id asc
        ) = 1

),

largest as (

    select *
    from summaries
    where is_largest

),

as_large as (

    select
        year,
        stressor_id,
        count(*) as largest_scenarios
    from summaries
    inner join largest using (year, stressor_id)
    where
        not summaries.is_user_scenario
        and {{ three_digits('summaries.quota') }}
        = {{ three_digits('largest.quota') }}
    group by 1, 2

),

of_receivers as (

    select
        year,
        stressor_id,
        cast(count(*) as integer) as receiving_regions,
        {{ safe_divide('max(population)', 'sum(population)') }}
            as receiving_largest_share
    from receivers
    group by 1, 2

),

figures as (

    select
        terms.*,
        largest.* exclude (
            year, stressor_id, super_emitters, unit, premise_note
        ),
        -- the noun of recipients, which other marts on scenarios do not have
        replace(
            replace(largest.premise_note, 'regions', terms.region_noun_plural),
            'region here',
            terms.region_noun || ' here'
        ) as premise_note,
        as_large.largest_scenarios,
        of_receivers.* exclude (year, stressor_id),
        harder.* exclude (year, stressor_id, harder_scenario_name),
        case
            when
                not terms.is_compiled
                and {{ exceeds(
                    'largest.smallest_demand_factor',
                    'harder.harder_demand_factor'
                ) }}
                then harder.harder_scenario_name
        end as harder_scenario_name,
        1 - harder.harder_demand_factor as harder_cut
    from terms
    left join largest using (year, stressor_id)
    left join as_large using (year, stressor_id)
    left join of_receivers using (year, stressor_id)
    left join harder using (year, stressor_id)
    where terms.ranked_regions is not null

),

clauses as (

    select
        *,
        coalesce(premise, '') = 'across_countries' as is_across_countries,
        1 - smallest_demand_factor as largest_cut,
        largest_scenarios = 1 as is_one_scenario,
        largest_scenarios > 1 as is_several_scenarios,
        upper(left(producer_premise_note, 1))
        || substr(producer_premise_note, 2) as producers_said,
        share_far_above > 0 as has_far_above,
        -- places that variants were not asked about are not named
        not is_compiled as is_hit_known,
        not is_compiled and receivers_above_givers > 0 as is_above_any,
        not is_compiled and receivers_above_givers = 1 as is_above_one,
        not is_compiled and receivers_above_givers > 1 as is_above_several,
        receiving_regions >= 3
        and receiving_largest_share <= 0.5 as is_group_of_receivers,
        cast(
            round(receivers_reach_upper_middle * allocation_rules) as integer
        ) as rules_that_reach,
        region_noun = 'country' as is_of_countries,
        region_noun <> 'country' as is_not_of_countries
    from figures

),

told as (

    select
        *,
        to_json(clauses) as facts
    from clauses

),

int_findings_scenarios as (

    select
        year,
        stressor_id,
        facts,
        'emissions_avoided' as finding_id,
        18 as finding_position,
        case
            when scenario_id is null then 'emissions_avoided_replaced'
            when is_across_countries
                then 'emissions_avoided_across_countries'
            when not coalesce(quota_share > 1e-12, false)
                then 'emissions_avoided_none'
            when hardest_hit_region_id is null
                then 'emissions_avoided_by_producers'
            else 'emissions_avoided'
        end as text_id,
        cast(null as varchar) as spoken_id,
        case when not is_across_countries then quota end as value,
        't' as unit,
        cast(null as varchar[]) as subject_ids,
        cast(null as boolean) as agrees_with_published,
        cast(null as integer) as support_regions
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'receivers' as finding_id,
        19 as finding_position,
        case
            when
                is_across_countries
                or not coalesce(quota_share > 1e-12, false)
                then null
            when premise <> 'holds' then 'receivers_withheld'
            when receivers_reach_upper_middle is null
                then 'receivers_reach_unknown'
            when reaches_threshold_before then 'receivers_reach_before'
            else 'receivers'
        end as text_id,
        case
            when premise <> 'holds' then 'premise_' || premise
            when receivers_above_givers > 0 and not is_compiled
                then 'lowest_giver'
            when not is_group_of_receivers then 'receivers_few'
            else 'receivers'
        end as spoken_id,
        case when premise = 'holds' then receiver_population_share end
            as value,
        'share' as unit,
        case
            when
                premise = 'holds'
                and receivers_above_givers > 0
                and not is_compiled
                then [lowest_giver_region_id]
        end as subject_ids,
        null as agrees_with_published,
        case when premise = 'holds' then receiving_regions end
            as support_regions
    from told

)

select
    *,
    true as is_claim
from int_findings_scenarios
where text_id is not null
