{#- What to mind where the regions are countries; NULL in a table of one. -#}
{% macro across_countries_note(country) -%}
    case
        when {{ country }} = 'WLD'
            then
                'the regions are countries: levers are meant for regions '
                || 'of one country. At market prices an intensity differs '
                || 'between countries also where the technology is the '
                || 'same, so that a benchmark measures prices too'
    end
{%- endmacro %}
