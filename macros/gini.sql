{#- Gini index, or a concentration index where the regions are sorted by
    something else: 1 - sum p_k (Q_k + Q_(k-1)), with Q_(k-1) = Q_k - q_k.
    An aggregate: call it with group by. -#}
{% macro gini(population_share, amount_share, cumulative_amount_share) -%}
    1 - sum(
        {{ population_share }}
        * (2 * {{ cumulative_amount_share }} - {{ amount_share }})
    )
{%- endmacro %}
