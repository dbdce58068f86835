{# One row, not none and not two. #}

with

labels (label) as (

    values
    ('a'),
    ('b')

),

results (case_id, expected, actual) as (

    select
        'one' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_has_exactly_one_row(
            "(select * from labels where label = 'a')"
        ) }}
    ) as bad_rows

    union all

    select
        'two' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_has_exactly_one_row('labels') }}
    ) as bad_rows

    union all

    select
        'none' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_has_exactly_one_row(
            "(select * from labels where label = 'c')"
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
