{#- A ratio that is NULL where its divisor is 0 or NULL: DuckDB alone would
    answer infinity or NaN. Cast, because a quotient of integers is an integer
    on other engines. -#}
{% macro safe_divide(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
{%- endmacro %}
