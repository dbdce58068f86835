{#- A share that is a part: NULL where the whole is not positive, or where amounts
    below zero make the part less than nothing or more than all. -#}
{% macro part_of_whole(part, whole) -%}
    case
        when
            {{ whole }} > 0
            and {{ part }} >= -cast(1e-12 as double) * {{ whole }}
            and {{ part }} <= (1 + cast(1e-12 as double)) * {{ whole }}
            then {{ safe_divide(part, whole) }}
    end
{%- endmacro %}
