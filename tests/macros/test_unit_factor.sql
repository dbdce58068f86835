{# Every unit that a stressor may have, and what it becomes. #}

with

units (unit, expected_factor, expected_unit) as (

    values
    ('kg', 1e-3, 't'),
    ('t', 1e0, 't'),
    ('kt', 1e3, 't'),
    ('Mt', 1e6, 't'),
    ('Gt', 1e9, 't'),
    ('currency', 1e0, 'currency'),
    ('person', 1e0, 'person'),
    -- units are spelt exactly; a factor for this one would be a guess
    ('mt', null, 't')

),

computed as (

    select
        unit,
        expected_factor,
        expected_unit,
        {{ unit_factor('unit') }} as factor,
        {{ mart_unit('unit') }} as mart_unit
    from units

)

select * from computed
where
    factor is distinct from expected_factor
    or mart_unit is distinct from expected_unit
