{#- A name as it stands in a sentence: the countries that take an article have it. -#}
{% macro spoken_name(name, noun, article='the ') -%}
    case
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
