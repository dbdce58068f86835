select
    regional_accounts.year,
    regional_accounts.stressor_id,
    stressors.stressor_name,
    stressors.unit,
    stressors.is_mass,
    stressors.is_impact,
    account_extents.scope,
    account_extents.footprints_leave_out,
    account_extents.has_exports,
    account_extents.is_lower_bound,
    count(*) filter (where not regional_accounts.is_ranked) as unranked_regions
from regional_accounts
inner join stressors using (stressor_id)
inner join account_extents using (year, stressor_id)
group by all
order by 1, 2
