select
    coalesce(typology.industry_type, 'none') as industry_type,
    typology.supply_chain_role,
    count(*) as regions,
    count(*) filter (where emitters.is_selected) as super_emitters
from mitigation_typology as typology
inner join super_emitters as emitters
    on
        typology.year = emitters.year
        and typology.stressor_id = emitters.stressor_id
        and typology.region_id = emitters.region_id
where
    typology.year = $year
    and typology.stressor_id = $stressor
    and emitters.is_default_rule
group by 1, 2
order by 1, 2
