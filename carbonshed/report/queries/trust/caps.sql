select distinct
    cap_id,
    cap_per_capita as tonnes_per_person
from quota_by_choice
where
    year = $year
    and stressor_id = $stressor
order by 2 desc, 1
