{#- A number with three significant digits, as sentences say it. -#}
{% macro three_digits(number) -%}
    case
        when {{ number }} = 0 then 0
        else
            round(
                {{ number }}
                / power(10, floor(log10(abs({{ number }}))) - 2)
            )
            * power(10, floor(log10(abs({{ number }}))) - 2)
    end
{%- endmacro %}
