{# Do regions earn what their exports are worth, or does much of it go to
   others? #}

with

scope as (

    {{ analysis_scope(['year']) }}

),

exports as (

    select * from {{ ref('value_added_in_exports') }}

),

regions as (

    select * from {{ ref('regions') }}

),

ranked as (

    select exports.*
    from exports
    inner join regions using (region_id)
    where regions.is_ranked

)

select
    ranked.region_name,
    ranked.gross_exports,
    ranked.domestic_value_added,
    {{ safe_divide('ranked.domestic_value_added', 'ranked.gross_exports') }}
        as domestic_share,
    ranked.value_added_absorbed_elsewhere,
    ranked.reflected,
    ranked.domestic_double_counted,
    ranked.content_from_elsewhere,
    case
        when ranked.region_id is null
            then 'no value added in ' || scope.year
    end as not_answered
from scope
left join ranked using (year)
order by ranked.gross_exports desc, ranked.region_id asc
