{#- A number of at least 1 as text, with three significant digits, or as a whole
    number where it has more before the point. -#}
{% macro three_digits(number) -%}
    case
        when abs({{ number }}) < 9.995
            then cast(cast({{ number }} as decimal(18, 2)) as varchar)
        when abs({{ number }}) < 99.95
            then cast(cast({{ number }} as decimal(18, 1)) as varchar)
        else cast(cast(round({{ number }}) as bigint) as varchar)
    end
{%- endmacro %}
