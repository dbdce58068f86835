select distinct
    regional_accounts.year,
    regional_accounts.stressor_id,
    stressors.stressor_name,
    stressors.unit,
    stressors.is_mass,
    scopes.scope,
    scopes.footprints_leave_out,
    scopes.has_exports,
    scopes.is_lower_bound
from regional_accounts
inner join stressors using (stressor_id)
inner join scopes using (year, stressor_id)
order by 1, 2
