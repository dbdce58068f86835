{# A user's cap that its categories cannot reach, or that names a region without
   people, stops the build, in words. A region is not left above its cap. #}

{%- set path = chosen_var('scenarios')
    or 'data/' ~ target.database ~ '/scenarios.csv' %}

with

caps as (

    select * from {{ ref('int_scenario_caps') }}

),

refused as (

    select
        refusal,
        row_number() over (
            order by first_line, region_id, year, stressor_id
        ) as refusal_number,
        count(*) over () as refusals
    from caps
    where refusal is not null

),

shown as (

    select
        max(refusals) as refusals,
        string_agg(
            refusal, chr(10) || '  ' order by refusal_number
        ) as refusals_in_words
    from refused
    where refusal_number <= 10
    having count(*) > 0

)

-- a condition, because a column that is only counted is not evaluated
select refusals
from shown
where
    error(
        '{{ path | string | replace("'", "''") }}: '
        || refusals_in_words
        || case
            when refusals > 10
                then
                    chr(10) || '  and ' || cast(refusals - 10 as varchar)
                    || ' more'
            else ''
        end
    ) is not null
