{#- A condition that no row may break; an unknown outcome breaks it. -#}
{% test holds_for_every_row(model, condition, may_be_empty=false) %}

select 'row' as problem, count(*) as rows_found
from {{ model }}
where not coalesce({{ condition }}, false)
having count(*) > 0
{%- if not may_be_empty %}

union all

select 'no rows' as problem, count(*) as rows_found
from {{ model }}
having count(*) = 0
{%- endif %}

{% endtest %}
