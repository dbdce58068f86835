{#- A running share: along its order it reaches one with the last row. -#}
{% test cumulative_share_ends_at_one(
    model, column_name, combination, order_by, may_be_empty=false,
    tolerance=1e-9
) %}

{%- set keys = combination | join(', ') %}

with

numbered as (

    select
        {{ keys }},
        {{ column_name }} as share,
        row_number() over (
            partition by {{ keys }}
            order by {{ order_by | join(', ') }}
        ) as place,
        count(*) over (partition by {{ keys }}) as places
    from {{ model }}

)

select
    {{ keys }},
    share
from numbered
where
    share is null
    or (
        place = places
        and not abs(share - 1) <= cast({{ tolerance }} as double)
    )
{%- if not may_be_empty %}

union all

select
    {% for key in combination %}max({{ key }}) as {{ key }},
    {% endfor %}max(share) as share
from numbered
having count(*) = 0
{%- endif %}

{% endtest %}
