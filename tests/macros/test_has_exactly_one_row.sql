{# One row, not none and not two. #}

{%- set usual = {} %}
{%- set cases = [
    ('one', 0, {'model': "(select * from labels where label = 'a')"}),
    ('two', 1, {'model': 'labels'}),
    ('none', 1, {'model': "(select * from labels where label = 'c')"}),
] %}

with

labels (label) as (

    values
    ('a'),
    ('b')

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_has_exactly_one_row, usual, cases) }}

)

select * from results
where actual <> expected
