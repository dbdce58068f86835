{# Several laws: each that is broken is found, by its name and once. #}

{%- set adds_up = {'parts_add_up': {
    'whole': 'whole',
    'parts': ['part'],
    'reference_total': 'reference_total',
}} %}
{%- set is_positive = {'holds_for_every_row': {'condition': 'part > 0'}} %}
{%- set usual = {
    'model': 'amounts',
    'laws': {'adds_up': adds_up, 'is_positive': is_positive},
} %}
{%- set cases = [
    ('both hold', 0, {'model': '(select * from amounts where whole = 1)'}),
    ('one is broken', 1, {
        'model': '(select * from amounts where whole > 0)',
    }),
    ('both are broken', 2, {}),
    ('nothing to compare breaks both', 2, {
        'model': '(select * from amounts where whole > 9)',
    }),
] %}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1 as double))

),

amounts (year, stressor_id, whole, part) as (

    values
    (2012, 'co2', 1.0, 1.0),
    (2012, 'co2', 2.0, 1.0),
    (2012, 'co2', -2.0, -1.0)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_keeps_laws, usual, cases) }}

    union all

    select
        'named' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_keeps_laws(
            '(select * from amounts where whole > 0)', usual.laws
        ) }}
    ) as broken
    where problem = 'adds_up' and rows_found = 1

)

select * from results
where actual <> expected
