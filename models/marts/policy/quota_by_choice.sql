{# The quota under every combination of rule, benchmark, cap and power supply,
   without a scenario being evaluated: only selected producers' rows and selected
   consumers' columns change; docs/methods.md, Sensitivity.

   quota = cut of the producers at full demand
         + what less demand would cause less, were intensities as before
         - the cut inside that demand, which both count. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

cuts as (

    select * from {{ ref('int_sensitivity_cuts') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

capped_groups as (

    select * from {{ ref('capped_groups') }}

),

benchmarks as (

    select * from {{ ref('benchmarks') }}

),

caps as (

    select * from {{ ref('int_yearly_caps') }}

),

power_choices as (

    select true as includes_power_supply

    union all

    select false as includes_power_supply

),

selected as (

    select
        year,
        stressor_id,
        rule_id,
        region_id,
        has_producer_lever,
        has_consumer_lever
    from super_emitters
    where is_selected

),

allowed_cuts as (

    select
        cuts.year,
        cuts.stressor_id,
        selected.rule_id,
        cuts.benchmark_id,
        power_choices.includes_power_supply,
        cuts.consumer_region_id,
        sum(
            case
                when power_choices.includes_power_supply then cuts.cut
                else cuts.cut - cuts.power_supply_cut
            end
        ) as cut
    from cuts
    inner join selected
        on
            cuts.year = selected.year
            and cuts.stressor_id = selected.stressor_id
            and cuts.producer_region_id = selected.region_id
    cross join power_choices
    where selected.has_producer_lever
    group by 1, 2, 3, 4, 5, 6

),

capped_demand as (

    select
        embodied_emissions.year,
        embodied_emissions.stressor_id,
        embodied_emissions.region_id,
        sum(embodied_emissions.emissions) as emissions
    from embodied_emissions
    inner join categories using (category_id)
    inner join capped_groups using (category_group)
    group by 1, 2, 3

),

-- as in scenario_demand: no cap and no footprint, no reduction
capped as (

    select
        selected.year,
        selected.stressor_id,
        selected.rule_id,
        selected.region_id,
        caps.cap_id,
        coalesce(capped_demand.emissions, 0)
        + accounts.direct_emissions as emissions,
        case
            when accounts.footprint_per_capita > 0
                then
                    greatest(
                        0,
                        coalesce(
                            1 - caps.tonnes_per_person
                            / accounts.footprint_per_capita,
                            0
                        )
                    )
            else 0
        end as reduction
    from selected
    inner join accounts using (year, stressor_id, region_id)
    inner join caps using (year, stressor_id)
    left join capped_demand using (year, stressor_id, region_id)
    where selected.has_consumer_lever

),

by_consumers as (

    select
        year,
        stressor_id,
        rule_id,
        cap_id,
        sum(emissions * reduction) as reduction
    from capped
    group by 1, 2, 3, 4

),

by_both as (

    select
        allowed_cuts.year,
        allowed_cuts.stressor_id,
        allowed_cuts.rule_id,
        allowed_cuts.benchmark_id,
        capped.cap_id,
        allowed_cuts.includes_power_supply,
        sum(allowed_cuts.cut * capped.reduction) as shared
    from allowed_cuts
    inner join capped
        on
            allowed_cuts.year = capped.year
            and allowed_cuts.stressor_id = capped.stressor_id
            and allowed_cuts.rule_id = capped.rule_id
            and allowed_cuts.consumer_region_id = capped.region_id
    group by 1, 2, 3, 4, 5, 6

),

rules as (

    select distinct
        year,
        stressor_id,
        rule_id,
        is_default_rule
    from super_emitters

),

grid as (

    select
        rules.year,
        rules.stressor_id,
        rules.rule_id,
        benchmarks.benchmark_id,
        caps.cap_id,
        power_choices.includes_power_supply,
        caps.tonnes_per_person as cap_per_capita,
        rules.is_default_rule
    from rules
    inner join caps using (year, stressor_id)
    cross join benchmarks
    cross join power_choices

),

all_emissions as (

    select
        year,
        stressor_id,
        sum(abs(production_emissions)) as emissions
    from accounts
    group by 1, 2

),

summed as (

    select
        grid.*,
        coalesce(allowed_cuts.cut, 0)
        + coalesce(by_consumers.reduction, 0)
        - coalesce(by_both.shared, 0) as quota
    from grid
    left join by_consumers using (year, stressor_id, rule_id, cap_id)
    left join by_both
        using (
            year,
            stressor_id,
            rule_id,
            benchmark_id,
            cap_id,
            includes_power_supply
        )
    left join allowed_cuts
        on
            grid.year = allowed_cuts.year
            and grid.stressor_id = allowed_cuts.stressor_id
            and grid.rule_id = allowed_cuts.rule_id
            and grid.benchmark_id = allowed_cuts.benchmark_id
            and grid.includes_power_supply
            = allowed_cuts.includes_power_supply
            -- all that the producers make, for whomever
            and allowed_cuts.consumer_region_id is null

),

quota_by_choice as (

    select
        summed.* exclude (quota),
        {{ beyond_rounding('summed.quota', 'all_emissions.emissions') }}
            as quota,
        't' as unit
    from summed
    inner join all_emissions using (year, stressor_id)

)

select * from quota_by_choice
