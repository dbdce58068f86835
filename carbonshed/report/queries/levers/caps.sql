select
    caps.cap_id as id,
    coalesce(caps.description, '') as description,
    coalesce(caps.evidence, '') as evidence,
    caps.source,
    yearly.tonnes_per_person as tonnes
from caps
inner join int_yearly_caps as yearly using (cap_id)
where
    yearly.year = $year
    and yearly.stressor_id = $stressor
order by yearly.tonnes_per_person desc nulls last, 1
