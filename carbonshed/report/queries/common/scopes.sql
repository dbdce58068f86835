select
    regional_accounts.year,
    regional_accounts.stressor_id,
    stressors.stressor_name,
    stressors.unit,
    stressors.is_mass,
    scopes.scope,
    scopes.footprints_leave_out,
    scopes.has_exports,
    scopes.is_lower_bound,
    count(*) filter (where not regional_accounts.is_ranked) as unranked_regions
from regional_accounts
inner join stressors using (stressor_id)
inner join scopes using (year, stressor_id)
group by all
order by 1, 2
