select
    case typology.affluence
        when 'high' then 'the mean or above'
        when 'low' then 'below the mean'
    end as affluence,
    typology.supply_chain_role,
    typology.pathway_id,
    count(*) as regions,
    count(*) filter (where emitters.is_selected) as super_emitters
from mitigation_typology as typology
inner join super_emitters as emitters using (year, stressor_id, region_id)
where
    typology.year = $year
    and typology.stressor_id = $stressor
    and emitters.is_default_rule
group by 1, 2, 3
order by 1, 2, 3
