select distinct across_countries_note
from quota_summary
where
    year = $year
    and stressor_id = $stressor
    and across_countries_note is not null
order by 1
