{#- The grain of a table: no combination twice, none with a part missing and,
    where it covers those of other relations, all of these and no others. And the
    laws of its rows: a test more costs dbt as much as a model. Returns the
    combinations at fault, the number of those that are missing, and the laws
    that are broken. -#}
{% test one_row_per_combination(
    model, combination, may_be_null=[], must_have_rows=false, covers=none,
    may_be_empty=false, laws=none
) %}

{#- a column may have a word of SQL as its name -#}
{%- set columns = combination | map('tojson') | list %}
{%- set keys = columns | join(', ') %}
{%- set never_null = combination
    | reject('in', may_be_null) | map('tojson') | list %}

with

-- equal combinations have equal hashes: texts are compared for few rows, if any
hashed as (

    select hash({{ keys }}) as suspect
    from {{ model }}

),

-- sorted, not grouped: 0.43 s against 0.77 s for 7.9 million rows
neighbours as (

    select
        suspect,
        lag(suspect) over (order by suspect) as previous
    from hashed

),

suspects as (

    select suspect
    from neighbours
    where suspect = previous

)

select
    {{ keys }},
    count(*) as rows_found,
    'repeated' as problem
from {{ model }}
where hash({{ keys }}) in (select suspects.suspect from suspects)
group by {{ range(1, combination | length + 1) | join(', ') }}
having count(*) > 1
{%- if never_null %}

union all

select
    {{ keys }},
    count(*) as rows_found,
    'part of key missing' as problem
from {{ model }}
where {{ never_null | join(' is null or ') }} is null
group by {{ range(1, combination | length + 1) | join(', ') }}
having count(*) = 1
{%- endif %}
{%- if must_have_rows %}

union all

select
    {% for key in columns %}max({{ key }}) as {{ key }},
    {% endfor %}count(*) as rows_found,
    'no rows' as problem
from {{ model }}
having count(*) = 0
{%- endif %}
{%- if covers %}

union all

select
    {% for key in columns %}null as {{ key }},
    {% endfor %}combinations as rows_found,
    problem
from ({{ test_covers_every_combination(model, covers, may_be_empty) }}) as holes
{%- endif %}
{%- if laws %}

union all

select
    {% for key in columns %}null as {{ key }},
    {% endfor %}rows_found,
    problem
from ({{ test_keeps_laws(model, laws) }}) as broken
{%- endif %}

{% endtest %}
