{# A ratio: wrong values, and NULL or a value in the wrong place, are found. #}

with

ratios (case_id, ratio, amount, people) as (

    values
    ('right', 2.5, 5, 2),
    ('nobody', null, 5, 0),
    ('unknown', null, 5, null),
    ('wrong', 2.4, 5, 2),
    ('hidden', null, 5, 2),
    ('made up', 0.0, 5, 0)

),

results (case_id, expected, actual) as (

    select
        'right ones' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_is_ratio_of(
            "(select * from ratios where case_id in ('right', 'nobody', 'unknown'))",
            'ratio', 'amount', 'people'
        ) }}
    ) as bad_rows

    union all

    select
        'three at fault' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_is_ratio_of('ratios', 'ratio', 'amount', 'people') }}
    ) as bad_rows

)

select * from results
where actual <> expected
