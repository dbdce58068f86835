{# Deciles by the middle person; the border belongs to the upper decile. #}

with

cases (
    case_id, population, cumulative_population, total, expected, is_right
) as (

    values
    -- middle 1 of 20: 10 x 2 / 40 = 0.5
    ('first', 2, 2, 20, 1, true),
    -- middle 2 of 20: 10 x 4 / 40 = 1, exactly on the border
    ('border', 4, 4, 20, 2, true),
    ('border', 4, 4, 20, 1, false),
    ('last', 2, 20, 20, 10, true),
    -- one region holds all: its middle is the middle, 10 x 10 / 20 = 5
    ('alone', 10, 10, 10, 6, true),
    -- nobody lives there: 10 x 20 / 20 = 10, and 11 is no decile
    ('empty', 0, 10, 10, 10, true),
    ('empty', 0, 10, 10, 11, false),
    -- eight billion people; one person short of 7 tenths and right on it
    ('world', 2, 5600000000, 8000000000, 7, true),
    ('world', 2, 5600000001, 8000000000, 8, true),
    ('world', 2, 5600000000, 8000000000, 8, false)

),

compared as (

    select
        case_id,
        expected,
        is_right,
        {{ population_decile(
            'population', 'cumulative_population', 'total'
        ) }} as actual
    from cases

)

select * from compared
where (actual is not distinct from expected) <> is_right
