{# No default, two defaults and an empty table are found. #}

{%- set usual = {'model': 'choices'} %}
{%- set cases = [
    ('groups', 2, {'within': ['country']}),
    ('one', 0, {'model': "(select * from choices where country = 'one')"}),
    ('several', 1, {}),
    ('empty', 1, {
        'model': "(select * from choices where country = 'nowhere')",
    }),
] %}

with

choices (country, is_default) as (

    values
    ('one', true),
    ('one', false),
    ('none', false),
    ('two', true),
    ('two', true)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_has_one_default, usual, cases) }}

)

select * from results
where actual <> expected
