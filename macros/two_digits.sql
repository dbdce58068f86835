{#- A number with two digits, or all of those before the point. -#}
{% macro two_digits(number) -%}
    case
        when {{ number }} < 0.005 then '0'
        when {{ number }} < 0.95
            then cast(cast({{ number }} as decimal(18, 2)) as varchar)
        when {{ number }} < 9.5
            then cast(cast({{ number }} as decimal(18, 1)) as varchar)
        else cast(cast(round({{ number }}) as bigint) as varchar)
    end
{%- endmacro %}
