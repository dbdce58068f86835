{# Shares of groups: a group that makes less or more than one, or has an unknown
   share, is found. #}

{%- set usual = {
    'model': '(select * from shares where year = 1900)',
    'column_name': 'share',
    'combination': ['year'],
} %}
{%- set cases = [
    ('makes one', 0, {'model': '(select * from shares where year = 2012)'}),
    ('too little, and unknown', 2, {'model': 'shares'}),
    ('no rows', 1, {}),
    ('no rows, allowed', 0, {'may_be_empty': true}),
] %}

with

shares (year, share) as (

    values
    (2012, 0.25),
    (2012, 0.75),
    (2013, 0.5),
    (2013, 0.49),
    (2014, 1.0),
    (2014, null)

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_shares_sum_to_one, usual, cases) }}

)

select * from results
where actual <> expected
