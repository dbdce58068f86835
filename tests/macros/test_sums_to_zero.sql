{# Balances cancel within a year and stressor, not across years. #}

{%- set usual = {
    'model': '(select * from balances where year = 2012)',
    'column_name': 'net',
    'reference_total': 'reference_total',
} %}
{%- set cases = [
    ('cancels within the tolerance', 0, {}),
    ('does not cancel', 1, {'model': 'balances'}),
    ('partly unknown', 1, {
        'column_name': 'partly_known',
        'may_be_unknown': true,
    }),
    ('all unknown', 1, {
        'model': '(select * from balances where year = 2013)',
        'column_name': 'partly_known',
    }),
    ('all unknown, allowed', 0, {
        'model': '(select * from balances where year = 2013)',
        'column_name': 'partly_known',
        'may_be_unknown': true,
    }),
    ('total of a stressor that is not there', 1, {
        'reference_stressor': 'value_added',
    }),
    ('no rows', 1, {'model': '(select * from balances where year = 1900)'}),
    ('no rows, allowed', 0, {
        'model': '(select * from balances where year = 1900)',
        'may_be_empty': true,
    }),
] %}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

balances (year, stressor_id, net, partly_known) as (

    values
    (2012, 'co2', 5.0, 5.0),
    (2012, 'co2', -5.0005, null),
    (2013, 'co2', 5.0, null),
    (2013, 'co2', -4.0, null)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_sums_to_zero, usual, cases) }}

)

select * from results
where actual <> expected
