{#- Theil's T: sum q_k ln(q_k / p_k) over q_k > 0, whose limit at q_k = 0 is 0;
    a negative share has no logarithm and stays out. An aggregate. -#}
{% macro theil(amount_share, population_share) -%}
    coalesce(
        sum(
            case
                when {{ amount_share }} > 0
                    then
                        {{ amount_share }}
                        * ln({{ amount_share }} / nullif({{ population_share }}, 0))
            end
        ),
        0
    )
{%- endmacro %}
