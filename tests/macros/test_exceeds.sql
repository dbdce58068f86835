{# Strictly above, beyond rounding. #}

with

cases (case_id, value, bound, expected) as (

    values
    ('above', 3, 2, true),
    ('below', 1, 2, false),
    ('equal', 2, 2, false),
    ('equal but for rounding', 0.1e0 + 0.2e0, 0.3e0, false),
    ('a millionth above', 1.000001e0, 1e0, true),
    ('negative, above', -2, -3, true),
    ('negative, equal but for rounding', -0.3e0, -0.1e0 - 0.2e0, false),
    ('above zero', 1e-20, 0, true)

)

select * from cases
where ({{ exceeds('value', 'bound') }}) is distinct from expected
