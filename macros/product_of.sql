{#- Product of factors of 0 or more: an aggregate that SQL lacks. A single one
    stays as it is, digit by digit. -#}
{% macro product_of(factor) -%}
    case
        when count({{ factor }}) = 0 then cast(1 as double)
        when count({{ factor }}) = 1 or min({{ factor }}) = 0
            then min({{ factor }})
        else exp(sum(ln(nullif({{ factor }}, 0))))
    end
{%- endmacro %}
