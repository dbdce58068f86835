{#- The 95th percentile of the standard normal distribution: intervals from the 5th to
    the 95th reach so many standard errors to either side. -#}
{% macro upper_normal_quantile() -%}
    cast(1.6448536269514722 as double)
{%- endmacro %}
