{#- Income after a footprint has changed, moved along the income curve:
    y' = y (cf' / cf)^(1 / eta). NULL where the curve does not rise, a footprint
    is not positive, or the result is beyond a double. -#}
{% macro income_on_the_curve(income, before, after, elasticity) -%}
    case
        when
            {{ elasticity }} > cast(1e-9 as double)
            and {{ before }} > 0
            and {{ after }} > 0
            and {{ income }} > 0
            and ln({{ income }})
            + ln({{ safe_divide(after, before) }}) / {{ elasticity }} < 700
            then
                {{ income }}
                * power(
                    {{ safe_divide(after, before) }},
                    1 / {{ elasticity }}
                )
        when {{ elasticity }} > cast(1e-9 as double) and {{ income }} = 0
            and {{ before }} > 0 and {{ after }} > 0
            then {{ income }}
    end
{%- endmacro %}
