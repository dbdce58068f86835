-- a publication made before there were headlines or licences has no such column
select
    year,
    stressor_id,
    finding_id,
    columns(
        name -> name in (
            'headline', 'finding', 'value', 'grade', 'licence', 'subject_ids'
        )
    )
from findings
order by 1, 2, finding_position, 3
