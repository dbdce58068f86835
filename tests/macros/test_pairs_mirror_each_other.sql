{# Two rows for every pair of regions, each the other's mirror image. #}

with

pairs (year, seller, buyer, flow, reverse_flow) as (

    values
    (2012, 'a', 'b', 3.0, 1.0),
    (2012, 'b', 'a', 1.0, 3.0),
    (2013, 'a', 'b', 3.0, 1.0),
    (2013, 'b', 'a', 2.0, 3.0),
    (2014, 'a', 'b', 3.0, 1.0)

),

results (case_id, expected, actual) as (

    select
        'a true pair' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_pairs_mirror_each_other(
            '(select * from pairs where year = 2012)',
            ['year'], 'seller', 'buyer', 'flow', 'reverse_flow'
        ) }}
    ) as bad_rows

    union all

    select
        'two rows that disagree' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_pairs_mirror_each_other(
            '(select * from pairs where year = 2013)',
            ['year'], 'seller', 'buyer', 'flow', 'reverse_flow'
        ) }}
    ) as bad_rows

    union all

    select
        'a row alone' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_pairs_mirror_each_other(
            '(select * from pairs where year = 2014)',
            ['year'], 'seller', 'buyer', 'flow', 'reverse_flow'
        ) }}
    ) as bad_rows

    union all

    select
        'all' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_pairs_mirror_each_other(
            'pairs',
            ['year'], 'seller', 'buyer', 'flow', 'reverse_flow'
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
