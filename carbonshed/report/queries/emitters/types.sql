select
    coalesce(typology.industry_type, 'none') as industry_type,
    typology.supply_chain_role,
    count(*) as regions,
    count(*) filter (where emitters.is_selected) as super_emitters
from mitigation_typology as typology
inner join super_emitters as emitters using (year, stressor_id, region_id)
where
    typology.year = $year
    and typology.stressor_id = $stressor
    and emitters.is_default_rule
group by 1, 2
order by 1, 2
