{# A grain: two rows of one key, and a key with a hole, are found. #}

with

cells (year, region_id) as (

    values
    (2012, 'a'),
    (2012, 'b'),
    (2013, 'a')

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

    select
        'every key once' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            'cells', ['year', 'region_id']
        ) }}
    ) as bad_rows

    union all

    select
        'part of the key alone' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination('cells', ['year']) }}
    ) as bad_rows

    union all

    select
        'two keys twice' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            'repeats', ['year', 'region_id']
        ) }}
    ) as bad_rows

    union all

    select
        'two keys with a hole' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            'holes', ['year', 'region_id']
        ) }}
    ) as bad_rows

    union all

    select
        'a combination is named once, with or without a hole' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            '(select * from holes union all select * from holes)',
            ['year', 'region_id']
        ) }}
    ) as bad_rows

    union all

    select
        'a hole that is allowed' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            'holes', ['year', 'region_id'], may_be_null=['region_id']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            '(select * from cells where year = 1900)', ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows where some must be' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_one_row_per_combination(
            '(select * from cells where year = 1900)', ['year'],
            must_have_rows=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
