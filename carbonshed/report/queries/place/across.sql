select distinct
    across_countries_note,
    producer_premise_note
from quota_summary
where
    year = $year
    and stressor_id = $stressor
    and coalesce(across_countries_note, producer_premise_note) is not null
order by 1, 2
