-- the study is about China: beside another country its figures say nothing,
-- unless one may be compared

with

scoped as (

    select
        headlines.*,
        -- each page begins with the caveat
        trim(
            replace(headlines.scope, coalesce(dataset.caveat_note, ''), ''),
            ' .'
        ) as own_scope
    from headlines
    cross join dataset
    where
        headlines.year = $year
        and headlines.stressor_id = $stressor
    qualify dataset.country = 'CHN' or bool_or(headlines.comparable) over ()

),

sentences as (

    select
        headline_id,
        unnest(string_split(own_scope, '. ')) as sentence,
        generate_subscripts(string_split(own_scope, '. '), 1) as place
    from scoped

),

-- what is true of all figures stands above the table
shared as (

    select
        sentence,
        min(place) as place
    from sentences
    group by 1
    having count(*) = (select count(*) from scoped)

),

own as (

    select
        headline_id,
        string_agg(sentence, '. ' order by place) as scope
    from sentences
    anti join shared using (sentence)
    group by 1

)

select
    scoped.headline_id,
    scoped.statement || coalesce(' (' || own.scope || ')', '')
        as statement,  -- noqa: RF04, as the mart names it
    scoped.seed_value,
    scoped.computed_value,
    -- statements name what they count
    case
        when scoped.unit in ('t', 'share', 'ratio') then scoped.unit
        else 'count'
    end as unit,
    case
        when scoped.comparable then 'yes'
        else 'no: ' || scoped.reason
    end as answer,
    scoped.scope,
    scoped.comparable,
    scoped.reason,
    (select string_agg(sentence, '. ' order by place) || '.' from shared)
        as shared_scope
from scoped
left join own using (headline_id)
order by scoped.headline_position
