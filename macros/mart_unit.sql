{#- The unit that the marts use for a stressor: `t` for any mass. -#}
{% macro mart_unit(unit) -%}
    case when {{ unit }} in ('currency', 'person') then {{ unit }} else 't' end
{%- endmacro %}
