{#- Sum of all rows up to and including this one. The frame counts rows: the
    default frame would give rows of equal rank the same, later sum. -#}
{% macro running_total(value, partition_by, order_by) -%}
    sum({{ value }}) over (
        partition by {{ partition_by | join(', ') }}
        order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
