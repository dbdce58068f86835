-- heads of columns of Carbonshed's marts by name: labels, and units in the
-- words of `numbers`; a name that has several units gets none
with

scales as (

    select
        "column" as column_name,
        label,
        case
            when unit in ('rank', 'regions', 'steps') then 'count'
            when unit = 'probability' then 'share'
            else regexp_replace(
                unit, '^(t|unit of the stressor)\b', 'stressor'
            )
        end as scale
    from columns
    where mart_subject is not null

)

select
    column_name,
    max(label) as head,
    if(min(scale) = max(scale), max(scale), null) as scale
from scales
group by column_name
order by column_name
