{#- One row per case of a generic test: how many bad rows are expected and found.
    A case is its name, the number, and the arguments that differ from the usual
    ones. -#}
{% macro count_bad_rows(test, usual, cases) -%}
    {% for case_id, expected, arguments in cases %}
        select
            '{{ case_id }}' as case_id,
            {{ expected }} as expected,
            count(*) as actual
        from ({{ test(**dict(usual, **arguments)) }}) as bad_rows
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}
