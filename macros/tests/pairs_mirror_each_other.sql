{#- The way from one region to another and the way back are two rows that show
    the same two flows, swapped. Returns rows without their mirror image. -#}
{% test pairs_mirror_each_other(
    model, combination, origin, destination, flow, reverse_flow
) %}

select
    {% for key in combination %}pairs.{{ key }},
    {% endfor %}pairs.{{ origin }},
    pairs.{{ destination }},
    pairs.{{ flow }},
    pairs.{{ reverse_flow }}
from {{ model }} as pairs
left join {{ model }} as mirror
    on
        pairs.{{ origin }} = mirror.{{ destination }}
        and pairs.{{ destination }} = mirror.{{ origin }}
        {%- for key in combination %}
        and pairs.{{ key }} = mirror.{{ key }}
        {%- endfor %}
where
    mirror.{{ origin }} is null
    or pairs.{{ flow }} is distinct from mirror.{{ reverse_flow }}
    or pairs.{{ reverse_flow }} is distinct from mirror.{{ flow }}

{% endtest %}
