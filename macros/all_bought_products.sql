{#- The purchases behind all footprints, each by itself: footprint_by_product, or, where the var
    smallest_share has summed small ones there, what it is made of. -#}
{% macro all_bought_products() -%}
    {%- if chosen_var('smallest_share') | float -%}
        {{ return(ref('int_bought_products')) }}
    {%- else -%}
        {{ return(ref('footprint_by_product')) }}
    {%- endif -%}
{%- endmacro %}
