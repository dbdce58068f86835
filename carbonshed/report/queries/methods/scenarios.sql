select
    scenario_name,
    lever,
    kind,
    coalesce(benchmark_id, cap_id) as limit_id,
    factor,
    cap_tonnes,
    case when lever = 'intensity' then includes_power_supply end
        as includes_power_supply,
    acts_on_super_emitters,
    is_user_scenario
from scenario_levers
where
    year is null
    or year = $year
order by is_user_scenario, scenario_id, lever_number
