{#- A rank is one more than the number of rows with a larger value: equals share
    the lower number and the next number is left out. A row without a value has
    no rank. -#}
{% test ranks_are_competition_ranks(
    model, column_name, value, combination, may_be_empty=false
) %}

{%- set keys = combination | join(', ') %}

with

ranked as (

    select
        {{ keys }},
        {{ column_name }} as stored_rank,
        {{ value }} as ranked_value,
        case
            when {{ value }} is not null
                then rank() over (
                    partition by {{ keys }}, {{ value }} is null
                    order by {{ value }} desc
                )
        end as expected_rank
    from {{ model }}

)

select
    {{ keys }},
    stored_rank,
    ranked_value,
    expected_rank
from ranked
where stored_rank is distinct from expected_rank
{%- if not may_be_empty %}

union all

select
    {% for key in combination %}max({{ key }}) as {{ key }},
    {% endfor %}max(stored_rank) as stored_rank,
    max(ranked_value) as ranked_value,
    max(expected_rank) as expected_rank
from ranked
having count(*) = 0
{%- endif %}

{% endtest %}
