select
    cap_id,
    tonnes_per_person
from mitigation_caps
where
    year = $year
    and stressor_id = $stressor
order by 2 desc, 1
