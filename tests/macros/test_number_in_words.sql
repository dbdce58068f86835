{# Three significant digits, and 1,000 of a unit is 1 of the next; a share is
   never 0 % or 100 % of what is more or less, a limit not below its number, and
   what must reach a number not above its own. #}

with

masses (amount, expected) as (

    values
    (0e0, '0 t'),
    (35013384315.8e0, '35.0 Gt'),
    (1450000000e0, '1.45 Gt'),
    (999600000e0, '1.00 Gt'),
    (999400000e0, '999 Mt'),
    (12345678e0, '12.3 Mt'),
    (9996000e0, '10.0 Mt'),
    (-99960e0, '-100 kt'),
    (1.2e0, '1.20 t'),
    (0.525e0, '525 kg'),
    (0.0001e0, 'less than 1 kg'),
    (1234567e9, '1234567 Gt')

),

shares (amount, expected) as (

    values
    (0e0, '0 %'),
    (0.004e0, 'less than 1 %'),
    (0.283e0, '28 %'),
    (0.9951e0, 'more than 99 %'),
    (1e0, '100 %'),
    (1.5e0, '150 %')

),

percents (amount, expected) as (

    values
    (0e0, '0 %'),
    (0.00002e0, '0.0020 %'),
    (0.00979e0, '0.979 %'),
    (0.009996e0, '1.00 %'),
    (0.0415e0, '4.15 %'),
    (0.09996e0, '10.0 %'),
    (1.234e0, '123 %')

),

belows (amount, expected) as (

    values
    (0.5e0, '50.0 %'),
    (0.5997e0, '59.9 %'),
    (0.59999999999e0, '59.9 %'),
    (0.0004e0, '0.0 %')

),

limits (amount, expected) as (

    values
    (4.0000001e0, '4.00001'),
    (6e0, '6.0')

),

results as (

    select
        *,
        {{ number_in_words('amount', 't') }} as result
    from masses

    union all

    select
        *,
        {{ number_in_words('amount', 'share') }} as result
    from shares

    union all

    select
        *,
        {{ number_in_words('amount', 'percent') }} as result
    from percents

    union all

    select
        *,
        {{ number_in_words('amount', 'below') }} as result
    from belows

    union all

    select
        *,
        {{ number_in_words('amount', 'limit') }} as result
    from limits

)

select * from results
where result is distinct from expected
