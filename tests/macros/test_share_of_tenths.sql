{# Linear interpolation on the Lorenz curve, from both ends. #}

with

regions (
    case_id, population_share, cumulative_population_share, amount_share
) as (

    values
    -- one region: the curve is the diagonal
    ('alone', 1.0, 1.0, 1.0),
    -- borders at 0.4 and 0.9 exactly
    ('on the border', 0.4, 0.4, 0.25),
    ('on the border', 0.5, 0.9, 0.25),
    ('on the border', 0.1, 1.0, 0.5),
    -- quarters with 0, 1/4, 1/4, 1/2
    ('between', 0.25, 0.25, 0.0),
    ('between', 0.25, 0.5, 0.25),
    ('between', 0.25, 0.75, 0.25),
    ('between', 0.25, 1.0, 0.5),
    ('a debtor', 0.5, 0.5, -1.0),
    ('a debtor', 0.5, 1.0, 2.0)

),

expectations (case_id, part, expected, is_right) as (

    values
    ('alone', 'bottom 4', 0.4, true),
    ('alone', 'top 1', 0.1, true),
    ('on the border', 'bottom 4', 0.25, true),
    ('on the border', 'top 1', 0.5, true),
    -- 0.6 of the second quarter
    ('between', 'bottom 4', 0.15, true),
    -- whole regions only, with and without the one that straddles
    ('between', 'bottom 4', 0.25, false),
    ('between', 'bottom 4', 0.0, false),
    -- 0.4 of the last quarter
    ('between', 'top 1', 0.2, true),
    ('between', 'top 1', 0.5, false),
    ('a debtor', 'bottom 4', -0.8, true),
    ('a debtor', 'top 1', 0.4, true)

),

computed as (

    select
        case_id,
        'bottom 4' as part,
        {{ share_of_tenths(
            4,
            'poorest',
            'population_share',
            'cumulative_population_share',
            'amount_share'
        ) }} as actual
    from regions
    group by 1

    union all

    select
        case_id,
        'top 1' as part,
        {{ share_of_tenths(
            1,
            'richest',
            'population_share',
            'cumulative_population_share',
            'amount_share'
        ) }} as actual
    from regions
    group by 1

),

compared as (

    select
        expectations.case_id,
        expectations.part,
        expectations.expected,
        computed.actual,
        expectations.is_right,
        coalesce(
            abs(computed.actual - expectations.expected) <= 1e-15, false
        ) as is_equal
    from expectations
    left join computed
        on
            expectations.case_id = computed.case_id
            and expectations.part = computed.part

)

select * from compared
where is_equal <> is_right
