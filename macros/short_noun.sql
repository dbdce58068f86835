{#- A noun as headlines have room for it: one word of at most 14 letters; of others the
    one that is true of all regions. -#}
{% macro short_noun(noun, otherwise) -%}
    case
        when length({{ noun }}) <= 14 and not contains({{ noun }}, ' ')
            then {{ noun }}
        else '{{ otherwise }}'
    end
{%- endmacro %}
