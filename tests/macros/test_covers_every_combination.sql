{# All combinations of two lists: a hole, a row too many and lists without a
   row are found. #}

{%- set years = {'relation': 'years', 'columns': ['year']} %}
{%- set regions = {'relation': 'regions', 'columns': ['region_id']} %}
{%- set no_regions = dict(regions, where="region_id = 'c'") %}
{%- set usual = {
    'model': 'ranked',
    'of': [years, dict(regions, where='is_ranked')],
} %}
{%- set cases = [
    ('all there', 0, {}),
    ('holes', 1, {'model': 'holed'}),
    ('every region asked for', 1, {
        'of': [years, dict(regions, where='true')],
    }),
    ('rows of an unlisted region', 1, {
        'of': [years, dict(regions, where="region_id = 'a'")],
    }),
    ('nothing listed', 2, {'of': [years, no_regions]}),
    ('nothing on either side', 1, {
        'model': '(select * from ranked where year = 1900)',
        'of': [years, no_regions],
    }),
] %}

with

years (year) as (

    values
    (2012),
    (2013)

),

regions (region_id, is_ranked) as (

    values
    ('a', true),
    ('b', true),
    ('rest', false)

),

ranked (year, region_id) as (

    values
    (2012, 'a'),
    (2012, 'b'),
    (2013, 'a'),
    (2013, 'b')

),

holed (year, region_id) as (

    values
    (2012, 'a'),
    (2012, 'b'),
    (2013, 'a')

),

results (case_id, expected, actual) as (

    {{ count_bad_rows(test_covers_every_combination, usual, cases) }}

)

select * from results
where actual <> expected
