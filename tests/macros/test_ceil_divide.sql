{# 10 n / 309, rounded up. #}

with

cases (case_id, numerator, denominator, expected, is_right) as (

    values
    ('the paper''s own', 3090, 309, 10, true),
    ('one more', 3100, 309, 11, true),
    ('one more', 3100, 309, 10, false),
    ('one less', 3080, 309, 10, true),
    ('one region', 10, 309, 1, true),
    ('one region', 10, 309, 0, false),
    ('none', 0, 309, 0, true),
    -- one above and one below a whole quotient of a world's people
    ('large', 8000000001, 2, 4000000001, true),
    ('large', 7999999999, 2, 4000000000, true)

),

compared as (

    select
        case_id,
        expected,
        is_right,
        {{ ceil_divide('numerator', 'denominator') }} as actual
    from cases

)

select * from compared
where (actual is not distinct from expected) <> is_right
