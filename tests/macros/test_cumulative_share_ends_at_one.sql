{# A running share: the last row of its order is one, not merely some row. #}

with

curve (year, place, share) as (

    values
    (2012, 1, 0.25),
    (2012, 2, 1.0),
    (2013, 1, 1.0),
    (2013, 2, 0.75),
    (2014, 1, null),
    (2014, 2, 1.0)

),

results (case_id, expected, actual) as (

    select
        'ends at one' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_cumulative_share_ends_at_one(
            '(select * from curve where year = 2012)', 'share', ['year'],
            ['place']
        ) }}
    ) as bad_rows

    union all

    select
        'one comes too early, and a hole' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_cumulative_share_ends_at_one(
            'curve', 'share', ['year'],
            ['place']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_cumulative_share_ends_at_one(
            '(select * from curve where year = 1900)', 'share', ['year'],
            ['place']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_cumulative_share_ends_at_one(
            '(select * from curve where year = 1900)', 'share', ['year'],
            ['place'], may_be_empty=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
