{#- Several laws of a table as one test: which of them are broken, and by how
    many rows of their own test. Calls are written out, for dbt gives a test the
    macros that it calls by name. -#}
{% test keeps_laws(model, laws) %}

{% for law, tests in laws.items() %}
{%- for kind, arguments in tests.items() %}
select '{{ law }}' as problem, count(*) as rows_found
from (
    {% if kind == 'conserves_emissions' -%}
    {{ test_conserves_emissions(model, **arguments) }}
    {%- elif kind == 'holds_for_every_row' -%}
    {{ test_holds_for_every_row(model, **arguments) }}
    {%- elif kind == 'pairs_mirror_each_other' -%}
    {{ test_pairs_mirror_each_other(model, **arguments) }}
    {%- elif kind == 'parts_add_up' -%}
    {{ test_parts_add_up(model, **arguments) }}
    {%- elif kind == 'ranks_are_competition_ranks' -%}
    {{ test_ranks_are_competition_ranks(model, **arguments) }}
    {%- elif kind == 'shares_sum_to_one' -%}
    {{ test_shares_sum_to_one(model, **arguments) }}
    {%- elif kind == 'sums_to_parent' -%}
    {{ test_sums_to_parent(model, **arguments) }}
    {%- elif kind == 'sums_to_zero' -%}
    {{ test_sums_to_zero(model, **arguments) }}
    {%- else -%}
    {{ exceptions.raise_compiler_error('a law of no kind: ' ~ kind) }}
    {%- endif %}
) as broken
having count(*) > 0
{%- endfor %}
{% if not loop.last %}union all{% endif %}
{%- endfor %}

{% endtest %}
