{#- Shares of a whole: in every group they make one, none is unknown. -#}
{% test shares_sum_to_one(
    model, column_name, combination, may_be_empty=false, tolerance=1e-9
) %}

{%- set keys = combination | join(', ') %}

with

sums as (

    select
        {{ keys }},
        sum({{ column_name }}) as shares,
        count(*) - count({{ column_name }}) as unknown_shares
    from {{ model }}
    group by {{ range(1, combination | length + 1) | join(', ') }}

)

select
    {{ keys }},
    shares
from sums
where
    unknown_shares > 0
    or not coalesce(
        abs(shares - 1) <= cast({{ tolerance }} as double), false
    )
{%- if not may_be_empty %}

union all

select
    {% for key in combination %}max({{ key }}) as {{ key }},
    {% endfor %}max(shares) as shares
from sums
having count(*) = 0
{%- endif %}

{% endtest %}
