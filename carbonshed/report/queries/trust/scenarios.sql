-- scenarios are of stressors that are a mass
select
    levers.scenario_name,
    levers.lever,
    levers.kind,
    coalesce(levers.benchmark_id, levers.cap_id) as limit_id,
    levers.factor,
    levers.cap_tonnes,
    case when levers.lever = 'intensity' then levers.includes_power_supply end
        as includes_power_supply,
    levers.acts_on_super_emitters,
    levers.is_user_scenario
from scenario_levers as levers
cross join stressors
where
    (levers.year is null or levers.year = $year)
    and stressors.stressor_id = $stressor
    and stressors.unit = 't'
order by levers.is_user_scenario, levers.scenario_id, levers.lever_number
