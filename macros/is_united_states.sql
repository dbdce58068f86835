{#- Whether a region of a table is the United States, by either of their ISO codes. -#}
{% macro is_united_states(relation) -%}
    {{ relation }}.region_type = 'country'
        and {{ relation }}.region_id in ('USA', 'US')
{%- endmacro %}
