{#- Every label is one of a dimension, or one of a few words that stand for
    themselves. Distinct first: the tables are long, their labels few. -#}
{% test values_are_listed_in(model, column_name, to, field, also=[]) %}

with

labels as (

    select distinct {{ column_name }} as label
    from {{ model }}

)

select labels.label
from labels
left join {{ to }} as dimension
    on labels.label = dimension.{{ field }}
where
    dimension.{{ field }} is null
    and labels.label is not null
    {%- if also %}
    and labels.label not in ('{{ also | join("', '") }}')
    {%- endif %}

{% endtest %}
