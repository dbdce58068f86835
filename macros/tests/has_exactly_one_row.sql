{#- A table that describes the whole, not parts of it. -#}
{% test has_exactly_one_row(model) %}

select count(*) as rows_found
from {{ model }}
having count(*) <> 1

{% endtest %}
