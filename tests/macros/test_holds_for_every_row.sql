{# A condition: broken rows, unknown outcomes and an empty table are found. #}

{%- set usual = {
    'model': '(select * from amounts where amount > 0)',
    'condition': 'amount >= 1',
} %}
{%- set cases = [
    ('all rows keep it', 0, {}),
    ('one row breaks it', 1, {'condition': 'amount >= 2'}),
    ('unknown is not true', 1, {'model': 'amounts'}),
    ('no rows', 1, {'model': '(select * from amounts where amount > 9)'}),
    ('no rows, allowed', 0, {
        'model': '(select * from amounts where amount > 9)',
        'may_be_empty': true,
    }),
] %}

with

amounts (amount) as (

    values
    (1),
    (2),
    (null)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_holds_for_every_row, usual, cases) }}

)

select * from results
where actual <> expected
