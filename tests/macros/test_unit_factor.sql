{# Every unit that a stressor may have, and what one of it is. #}

with

units (unit, expected) as (

    values
    ('kg', 1e-3),
    ('t', 1e0),
    ('kt', 1e3),
    ('Mt', 1e6),
    ('Gt', 1e9),
    ('currency', 1e0),
    ('person', 1e0),
    -- units are spelt exactly; a factor for this one would be a guess
    ('mt', null)

),

results as (

    select
        *,
        {{ unit_factor('unit') }} as result
    from units

)

select * from results
where result is distinct from expected
