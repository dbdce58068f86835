{# Theil's T in natural logarithms. #}

with

regions (case_id, population_share, amount_share) as (

    values
    ('all alike', 0.25, 0.25),
    ('all alike', 0.75, 0.75),
    ('one half has all', 0.5, 0.0),
    ('one half has all', 0.5, 1.0),
    ('a quarter has three', 0.75, 0.25),
    ('a quarter has three', 0.25, 0.75),
    ('a debtor', 0.5, -1.0),
    ('a debtor', 0.5, 2.0)

),

expectations (case_id, expected, is_right) as (

    values
    ('all alike', 0.0, true),
    -- ln 2
    ('one half has all', 0.6931471805599453, true),
    -- 1/4 ln(1/3) + 3/4 ln 3 = 1/2 ln 3
    ('a quarter has three', 0.5493061443340549, true),
    -- the same in logarithms to base 2 and 10
    ('a quarter has three', 0.792481250360578, false),
    ('a quarter has three', 0.2385606273598312, false),
    -- 2 ln 4, the debtor aside
    ('a debtor', 2.772588722239781, true)

),

computed as (

    select
        case_id,
        {{ theil('amount_share', 'population_share') }} as actual
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
