{# All combinations of two lists: a hole, a row too many and lists without a
   row are found. #}

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

    select
        'all there' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            'ranked',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'is_ranked',
                },
            ]
        ) }}
    ) as bad_rows

    union all

    select
        'holes' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            'holed',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'is_ranked',
                },
            ]
        ) }}
    ) as bad_rows

    union all

    select
        'every region asked for' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            'ranked',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'true',
                },
            ]
        ) }}
    ) as bad_rows

    union all

    select
        'rows of an unlisted region' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            'ranked',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'region_id = \'a\'',
                },
            ]
        ) }}
    ) as bad_rows

    union all

    select
        'nothing listed' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            'ranked',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'region_id = \'c\'',
                },
            ]
        ) }}
    ) as bad_rows

    union all

    select
        'nothing on either side' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_covers_every_combination(
            '(select * from ranked where year = 1900)',
            [
                {'relation': 'years', 'columns': ['year']},
                {
                    'relation': 'regions',
                    'columns': ['region_id'],
                    'where': 'region_id = \'c\'',
                },
            ]
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
