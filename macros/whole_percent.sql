{#- A share in words: whole per cent, and never 0 % or 100 % of what is more or
    less. -#}
{% macro whole_percent(share) -%}
    case
        when {{ share }} > 0 and {{ share }} < 0.005 then 'less than 1 %'
        when {{ share }} < 1 and {{ share }} >= 0.995 then 'more than 99 %'
        else cast(cast(round(100 * {{ share }}) as bigint) as varchar) || ' %'
    end
{%- endmacro %}
