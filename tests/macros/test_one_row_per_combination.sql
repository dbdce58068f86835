{# A grain: two rows of one key, and a key with a hole, are found. #}

{%- set years = {'relation': 'cells', 'columns': ['year']} %}
{%- set regions = {'relation': 'cells', 'columns': ['region_id']} %}
{%- set is_late = {'holds_for_every_row': {'condition': 'year > 2012'}} %}
{%- set is_known = {'holds_for_every_row': {'condition': 'year > 0'}} %}
{%- set usual = {'model': 'cells', 'combination': ['year', 'region_id']} %}
{%- set cases = [
    ('every key once', 0, {}),
    ('part of the key alone', 2, {'combination': ['year']}),
    ('two keys twice', 2, {'model': 'repeats'}),
    ('two keys with a hole', 2, {'model': 'holes'}),
    ('a combination is named once, with or without a hole', 3, {
        'model': '(select * from holes union all select * from holes)',
    }),
    ('a hole that is allowed', 1, {
        'model': 'holes',
        'may_be_null': ['region_id'],
    }),
    ('no rows', 0, {
        'model': '(select * from cells where year = 1900)',
        'combination': ['year'],
    }),
    ('no rows where some must be', 1, {
        'model': '(select * from cells where year = 1900)',
        'combination': ['year'],
        'must_have_rows': true,
    }),
    ('covered', 0, {'covers': [years, regions]}),
    ('a combination is missing', 1, {
        'model': "(select * from cells where region_id = 'a')",
        'covers': [years, regions],
    }),
    ('nothing to cover', 2, {
        'covers': [years, dict(regions, where='false')],
    }),
    ('nothing to cover, allowed', 1, {
        'covers': [years, dict(regions, where='false')],
        'may_be_empty': true,
    }),
    ('laws are kept', 0, {'laws': {'is_known': is_known}}),
    ('one law of two is broken', 1, {
        'laws': {'is_known': is_known, 'is_late': is_late},
    }),
    ('a law is broken beside the grain', 3, {
        'combination': ['year'],
        'laws': {'is_late': is_late},
    }),
] %}

with

cells (year, region_id) as (

    values
    (2012, 'a'),
    (2012, 'b'),
    (2013, 'a'),
    (2013, 'b')

),

repeats (year, region_id) as (

    values
    (2012, 'a'),
    (2012, 'b'),
    (2012, 'a'),
    (2012, 'b'),
    (2012, 'B')

),

holes (year, region_id) as (

    values
    (2012, 'a'),
    (2012, null),
    (null, 'a')

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_one_row_per_combination, usual, cases) }}

)

select * from results
where actual <> expected
