with

-- a user's scenario has levers of its own, which the choices do not describe
shipped as (

    select
        year,
        stressor_id,
        rule_id,
        benchmark_id,
        cap_id,
        includes_power_supply,
        string_agg(scenario_name, ', ' order by scenario_id) as scenario_names
    from quota_summary
    where not is_user_scenario
    group by all

)

select
    choices.rule_id,
    choices.benchmark_id,
    choices.cap_id,
    choices.includes_power_supply,
    choices.is_default_rule,
    choices.quota,
    shipped.scenario_names
from quota_by_choice as choices
left join shipped
    using (
        year,
        stressor_id,
        rule_id,
        benchmark_id,
        cap_id,
        includes_power_supply
    )
where
    choices.year = $year
    and choices.stressor_id = $stressor
order by 1, 2, 3, 4
