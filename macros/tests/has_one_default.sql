{#- Of the rows of a seed, or of each group of them, just one is the default. -#}
{% test has_one_default(model, within=[]) %}

select
    {% for column in within -%}
        {{ column }},
    {% endfor -%}
    sum(case when is_default then 1 else 0 end) as defaults
from {{ model }}
{%- if within %}
group by {{ range(1, within | length + 1) | join(', ') }}
{%- endif %}
having coalesce(sum(case when is_default then 1 else 0 end), 0) <> 1

{% endtest %}
