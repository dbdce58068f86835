{# Less than 1e-12 of all emissions, 1,000 t here, is no change. #}

with

cases (case_id, after, before, expected) as (

    values
    ('rounding', 30e0 + 1e-10, 30e0, 30e0),
    ('rounding below', 30e0 - 1e-10, 30e0, 30e0),
    ('a millionth of a tonne', 30.000001e0, 30e0, 30.000001e0),
    ('just as much', 2e-9, 1e-9, 2e-9)

)

select * from cases
where
    {{ beyond_rounding("after", "1e3", "before") }}
    is distinct from expected
    or (
        before = 1e-9
        and {{ beyond_rounding('before', '1e3') }} is distinct from before
    )
    or {{ beyond_rounding('after - before', '1e5') }}
    is distinct from case when after = 30.000001e0 then after - before else 0 end
