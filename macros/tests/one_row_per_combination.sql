{#- The grain of a table: no combination twice, none with a part missing.
    Returns the combinations at fault. -#}
{% test one_row_per_combination(
    model, combination, may_be_null=[], must_have_rows=false
) %}

{%- set keys = combination | join(', ') %}
{%- set never_null = combination | reject('in', may_be_null) | list %}

with

combinations as (

    select
        {{ keys }},
        count(*) as rows_found
    from {{ model }}
    group by {{ range(1, combination | length + 1) | join(', ') }}

)

select
    {{ keys }},
    rows_found,
    case when rows_found > 1 then 'repeated' else 'part of key missing' end
        as problem
from combinations
where
    rows_found > 1
    {%- for key in never_null %}
    or {{ key }} is null
    {%- endfor %}
{%- if must_have_rows %}

union all

select
    {% for key in combination %}max({{ key }}) as {{ key }},
    {% endfor %}count(*) as rows_found,
    'no rows' as problem
from combinations
having count(*) = 0
{%- endif %}

{% endtest %}
