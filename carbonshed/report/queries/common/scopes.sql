select distinct
    regional_accounts.year,
    regional_accounts.stressor_id,
    stressors.stressor_name,
    stressors.unit,
    stressors.is_mass
from regional_accounts
inner join stressors using (stressor_id)
order by 1, 2
