{# No default, two defaults and an empty table are found. #}

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

    select
        'groups' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_has_one_default('choices', ['country']) }}
    ) as bad_rows

    union all

    select
        'one' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_has_one_default(
            "(select * from choices where country = 'one')"
        ) }}
    ) as bad_rows

    union all

    select
        'several' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_has_one_default('choices') }}
    ) as bad_rows

    union all

    select
        'empty' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_has_one_default(
            "(select * from choices where country = 'nowhere')"
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
