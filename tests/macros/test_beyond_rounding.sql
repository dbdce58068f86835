{# Less than 1e-12 of all emissions, 1,000 t here, is no change. #}

with

cases (case_id, after, before, expected) as (

    values
    ('rounding', 30e0 + 1e-10, 30e0, 30e0),
    ('rounding below', 30e0 - 1e-10, 30e0, 30e0),
    ('a millionth of a tonne', 30.000001e0, 30e0, 30.000001e0),
    ('a difference that is rounding', 1e-10, 0e0, 0e0),
    ('a difference that is more', 2e-9, 0e0, 2e-9)

),

found as (

    select
        *,
        {{ beyond_rounding('after', '1e3', 'before') }} as found
    from cases

)

select * from found
where
    found is distinct from expected
    or (
        before = 0
        and {{ beyond_rounding('after', '1e3') }} is distinct from expected
    )
