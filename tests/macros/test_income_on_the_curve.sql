{# A footprint that doubles, with an elasticity of 1/2, goes with four times the
   income. No income where the curve does not rise, a footprint is not positive,
   or the result is beyond a double. #}

with

cases (case_id, income, before, after, elasticity, expected) as (

    values
    ('doubled', 100e0, 3e0, 6e0, 0.5e0, 400e0),
    ('proportional', 100e0, 3e0, 6e0, 1e0, 200e0),
    ('unchanged', 100e0, 3e0, 3e0, 0.7e0, 100e0),
    ('halved', 100e0, 6e0, 3e0, 0.5e0, 25e0),
    ('no income', 0e0, 3e0, 6e0, 0.5e0, 0e0),
    ('flat curve', 100e0, 3e0, 6e0, 0e0, null),
    ('flat but for rounding', 100e0, 3e0, 6e0, 1e-16, null),
    ('falling curve', 100e0, 3e0, 6e0, -1e0, null),
    ('undefined curve', 100e0, 3e0, 6e0, null, null),
    ('no footprint', 100e0, 0e0, 6e0, 1e0, null),
    ('negative footprint after', 100e0, 3e0, -1e0, 1e0, null),
    ('unknown income', null, 3e0, 6e0, 1e0, null),
    ('beyond a double', 100e0, 1e0, 3e0, 1e-3, null)

),

compared as (

    select
        case_id,
        expected,
        {{ income_on_the_curve('income', 'before', 'after', 'elasticity') }}
            as actual
    from cases

)

select * from compared
where
    (actual is null) <> (expected is null)
    or abs(actual - expected) > 1e-9
