{# Gini index of groups of people. The index of 1, 2, 3, 4, 5 is 4/15 by the
   closed form 2 sum(i x_i) / (n sum(x)) - (n + 1) / n. #}

with

regions (
    case_id, population_share, amount_share, cumulative_amount_share
) as (

    values
    ('all alike', 0.25, 0.25, 0.25),
    ('all alike', 0.75, 0.75, 1.0),
    ('one half has all', 0.5, 0.0, 0.0),
    ('one half has all', 0.5, 1.0, 1.0),
    ('a quarter has three', 0.75, 0.25, 0.25),
    ('a quarter has three', 0.25, 0.75, 1.0),
    ('one to five', 0.2, 1 / 15, 1 / 15),
    ('one to five', 0.2, 2 / 15, 3 / 15),
    ('one to five', 0.2, 3 / 15, 6 / 15),
    ('one to five', 0.2, 4 / 15, 10 / 15),
    ('one to five', 0.2, 5 / 15, 1.0),
    ('a debtor', 0.5, -1.0, -1.0),
    ('a debtor', 0.5, 2.0, 1.0),
    -- richest first, as in a concentration index against the rich
    ('turned round', 0.5, 1.0, 1.0),
    ('turned round', 0.5, 0.0, 1.0)

),

expectations (case_id, expected, is_right) as (

    values
    ('all alike', 0.0, true),
    ('one half has all', 0.5, true),
    ('a quarter has three', 0.5, true),
    -- what comes out if every region counts alike, not every person
    ('a quarter has three', 0.25, false),
    ('one to five', 4 / 15, true),
    -- the correction n / (n - 1) for samples is not made
    ('one to five', 1 / 3, false),
    ('a debtor', 1.5, true),
    ('turned round', -0.5, true)

),

computed as (

    select
        case_id,
        {{ gini(
            'population_share', 'amount_share', 'cumulative_amount_share'
        ) }} as actual
    from regions
    group by 1

),

compared as (

    select
        expectations.case_id,
        expectations.expected,
        computed.actual,
        expectations.is_right,
        coalesce(
            abs(computed.actual - expectations.expected) <= 1e-15, false
        ) as is_equal
    from expectations
    left join computed
        on expectations.case_id = computed.case_id

)

select * from compared
where is_equal <> is_right
