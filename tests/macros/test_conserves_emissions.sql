{# All that came in is accounted for, year by year; a year that one side lacks
   is found, and so is a table without rows. #}

{%- set usual = {
    'model': 'accounts',
    'parts': ['kept', 'sent'],
    'reference_total': 'reference_total',
} %}
{%- set cases = [
    ('all accounted for', 0, {}),
    ('a part forgotten', 1, {'parts': ['kept']}),
    ('a year forgotten', 1, {
        'model': '(select * from accounts where year = 2012)',
    }),
    ('a year too many', 1, {
        'model': '(select *  from accounts union all select 2014, stressor_id, kept, sent from accounts where year = 2013)',
    }),
    ('no rows', 2, {'model': '(select * from accounts where year = 1900)'}),
    ('nothing on either side', 1, {
        'model': '(select * from accounts where year = 1900)',
        'reference_total': '(select * from reference_total where year = 1900)',
    }),
    ('unknown amounts', 2, {'parts': ['kept', 'cast(null as double)']}),
] %}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

accounts (year, stressor_id, kept, sent) as (

    values
    (2012, 'co2', 400000.0, 100000.0),
    (2012, 'co2', 500000.0, 0.0),
    (2013, 'co2', 1000000.0, 0.0005)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_conserves_emissions, usual, cases) }}

)

select * from results
where actual <> expected
