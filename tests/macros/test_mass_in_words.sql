{# Three significant digits, and 1,000 of a unit is 1 of the next. #}

with

cases (tonnes, expected) as (

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

)

select * from cases
where {{ mass_in_words('tonnes') }} is distinct from expected
