{#- Whether a value is above a limit by more than rounding: 1e-12 of the limit.
    Equal regions stay equal although their means are rounded. -#}
{% macro exceeds(value, limit) -%}
    {{ value }} > {{ limit }} + cast(1e-12 as double) * abs({{ limit }})
{%- endmacro %}
