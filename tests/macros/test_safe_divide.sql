{# A divisor of 0 or NULL gives NULL, and whole numbers are not cut off. #}

with

cases (case_id, numerator, denominator, expected, is_right) as (

    values
    ('whole numbers', 1, 2, 0.5, true),
    ('whole numbers', 1, 2, 0.0, false),
    ('by zero', 1, 0, null, true),
    ('by zero', 1, 0, 0.0, false),
    ('zero by zero', 0, 0, null, true),
    ('by nothing', 1, null, null, true),
    ('nothing', null, 2, null, true),
    ('negative', -1, 4, -0.25, true)

),

compared as (

    select
        case_id,
        expected,
        is_right,
        {{ safe_divide('numerator', 'denominator') }} as actual
    from cases

)

select * from compared
where (actual is not distinct from cast(expected as double)) <> is_right
