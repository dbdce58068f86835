-- heads of columns by name: labels, and units in the words of `numbers`
select
    "column" as column_name,
    max(label) as head,
    max(
        case
            when unit in ('rank', 'regions', 'steps') then 'count'
            when unit = 'probability' then 'share'
            else regexp_replace(
                unit, '^(t|unit of the stressor)\b', 'stressor'
            )
        end
    ) as scale
from columns
group by column_name
order by column_name
