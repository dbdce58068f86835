{#- The smallest whole number that is not below a ratio of two whole numbers,
    without a rounded quotient in between: what is divided at last is a multiple
    of the divisor. -#}
{% macro ceil_divide(numerator, denominator) -%}
    cast(
        (
            {{ numerator }} + {{ denominator }} - 1
            - mod({{ numerator }} + {{ denominator }} - 1, {{ denominator }})
        ) / {{ denominator }} as bigint
    )
{%- endmacro %}
