{# Competition ranks 1, 2, 2, 4, largest first. Dense ranks, ranks from the
   smallest and ranks of the unknown are found. #}

{%- set usual = {
    'model': '(select 2012 as year, * from regions)',
    'column_name': 'competition',
    'value': 'amount',
    'combination': ['year'],
} %}
{%- set cases = [
    ('competition ranks', 0, {}),
    ('dense ranks', 1, {'column_name': 'dense'}),
    ('smallest first', 2, {'column_name': 'smallest_first'}),
    ('a rank of the unknown', 1, {
        'model': '(select 2012 as year, amount, coalesce(competition, 5) as competition from regions)',
    }),
    ('no rows', 1, {
        'model': '(select 2012 as year, * from regions where amount > 9)',
    }),
    ('no rows, allowed', 0, {
        'model': '(select 2012 as year, * from regions where amount > 9)',
        'may_be_empty': true,
    }),
] %}

with

regions (amount, competition, dense, smallest_first) as (

    values
    (9.0, 1, 1, 4),
    (5.0, 2, 2, 2),
    (5.0, 2, 2, 2),
    (1.0, 4, 3, 1),
    (null, null, null, null)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_ranks_are_competition_ranks, usual, cases) }}

)

select * from results
where actual <> expected
