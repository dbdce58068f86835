{#- A name as it stands in a sentence: the countries that take an article have it, and so
    has a district of one. -#}
{% macro spoken_name(name, noun, article='the ') -%}
    case
        when starts_with({{ name }}, 'District of ')
            then '{{ article }}' || {{ name }}
        when
            {{ noun }} = 'country'
            and regexp_matches(
                {{ name }},
                '^United |(Republic|Federation|Islands|Emirates)$'
                '|^(Netherlands|Philippines|Bahamas|Gambia|Maldives)$'
            )
            then '{{ article }}' || {{ name }}
        else {{ name }}
    end
{%- endmacro %}
