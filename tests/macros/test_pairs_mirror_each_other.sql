{# Two rows for every pair of regions, each the other's mirror image. #}

{%- set usual = {
    'combination': ['year'],
    'origin': 'seller',
    'destination': 'buyer',
    'flow': 'flow',
    'reverse_flow': 'reverse_flow',
} %}
{%- set cases = [
    ('a true pair', 0, {'model': '(select * from pairs where year = 2012)'}),
    ('two rows that disagree', 2, {
        'model': '(select * from pairs where year = 2013)',
    }),
    ('a row alone', 1, {'model': '(select * from pairs where year = 2014)'}),
    ('all', 3, {'model': 'pairs'}),
] %}

with

pairs (year, seller, buyer, flow, reverse_flow) as (

    values
    (2012, 'a', 'b', 3.0, 1.0),
    (2012, 'b', 'a', 1.0, 3.0),
    (2013, 'a', 'b', 3.0, 1.0),
    (2013, 'b', 'a', 2.0, 3.0),
    (2014, 'a', 'b', 3.0, 1.0)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_pairs_mirror_each_other, usual, cases) }}

)

select * from results
where actual <> expected
