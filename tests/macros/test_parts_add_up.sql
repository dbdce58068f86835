{# Parts and whole of a row. A millionth of a millionth part of all emissions is
   tolerated, and no more: 1e-3 of 1e6 is. #}

{%- set usual = {
    'model': '(select * from rows_in where year = 2013)',
    'whole': 'whole',
    'parts': ['part_a', 'part_b'],
    'reference_total': 'reference_total',
} %}
{%- set cases = [
    ('within the tolerance', 0, {
        'model': '(select * from rows_in where year = 2012)',
    }),
    ('beyond it', 1, {}),
    ('no reference total', 1, {
        'model': '(select * from rows_in where year = 2014)',
    }),
    ('all', 3, {'model': 'rows_in'}),
    ('no rows', 1, {'model': '(select * from rows_in where year = 1900)'}),
    ('no rows allowed', 0, {
        'model': '(select * from rows_in where year = 1900)',
        'may_be_empty': true,
    }),
    ('beyond the tolerance where no rows are allowed', 1, {
        'may_be_empty': true,
    }),
] %}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

rows_in (year, stressor_id, whole, part_a, part_b) as (

    values
    (2012, 'co2', 10.0, 4.0, 6.0),
    (2012, 'co2', 1.0, 0.0, 0.9995),
    (2013, 'co2', 1.0, 0.0, 0.998),
    (2014, 'co2', 1.0, 0.0, 1.0),
    (2015, 'co2', 1.0, null, 1.0)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_parts_add_up, usual, cases) }}

)

select * from results
where actual <> expected
