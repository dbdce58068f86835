{# A condition: broken rows, unknown outcomes and an empty table are found. #}

with

amounts (amount) as (

    values
    (1),
    (2),
    (null)

),

results (case_id, expected, actual) as (

    select
        'all rows keep it' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_holds_for_every_row(
            '(select * from amounts where amount > 0)', 'amount >= 1'
        ) }}
    ) as bad_rows

    union all

    select
        'one row breaks it' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_holds_for_every_row(
            '(select * from amounts where amount > 0)', 'amount >= 2'
        ) }}
    ) as bad_rows

    union all

    select
        'unknown is not true' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_holds_for_every_row('amounts', 'amount >= 1') }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_holds_for_every_row(
            '(select * from amounts where amount > 9)', 'amount >= 1'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_holds_for_every_row(
            '(select * from amounts where amount > 9)', 'amount >= 1',
            may_be_empty=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
