{#- A number above 0 as text with six digits, not below what it is: whoever writes
    a limit so rounded is not refused for its last digit. -#}
{% macro rounded_up(number) -%}
    {%- set digits = "power(10, 5 - floor(log10(" ~ number ~ ")))" -%}
    cast(ceil({{ number }} * {{ digits }} - 1e-6) / {{ digits }} as varchar)
{%- endmacro %}
