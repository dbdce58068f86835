{# Shares of groups: a group that makes less or more than one, or has an unknown
   share, is found. #}

with

shares (year, share) as (

    values
    (2012, 0.25),
    (2012, 0.75),
    (2013, 0.5),
    (2013, 0.49),
    (2014, 1.0),
    (2014, null)

),

results (case_id, expected, actual) as (

    select
        'makes one' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_shares_sum_to_one(
            '(select * from shares where year = 2012)', 'share', ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'too little, and unknown' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_shares_sum_to_one(
            'shares', 'share', ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_shares_sum_to_one(
            '(select * from shares where year = 1900)', 'share', ['year']
        ) }}
    ) as bad_rows

    union all

    select
        'no rows, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_shares_sum_to_one(
            '(select * from shares where year = 1900)', 'share', ['year'], may_be_empty=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
