{# Competition ranks 1, 2, 2, 4, largest first. Dense ranks, ranks from the
   smallest and ranks of the unknown are found. #}

with

regions (amount, competition, dense, smallest_first) as (

    values
    (9.0, 1, 1, 4),
    (5.0, 2, 2, 2),
    (5.0, 2, 2, 2),
    (1.0, 4, 3, 1),
    (null, null, null, null)

),

results (case_id, expected, actual) as (

    select
        'competition ranks' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, * from regions)', 'competition', 'amount',
            ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'dense ranks' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, * from regions)', 'dense', 'amount',
            ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'smallest first' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, * from regions)', 'smallest_first', 'amount',
            ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'a rank of the unknown' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, amount, coalesce(competition, 5) as competition from regions)', 'competition', 'amount',
            ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, * from regions where amount > 9)', 'competition', 'amount',
            ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_ranks_are_competition_ranks(
            '(select 2012 as year, * from regions where amount > 9)', 'competition', 'amount',
            ['year'], may_be_empty=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
