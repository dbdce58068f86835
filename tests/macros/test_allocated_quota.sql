{# Two receivers of 2 and 8 people with 1 and 3 t per person. To a threshold of
   4 they lack 6 and 8 t. A quota of 7 is half of that: 3 and 4. One of 24 fills
   the gaps of 14 and leaves 10, 1 per person: 8 and 16. Water: 7 lift both to
   (7 + 2 + 24) / 10 = 3.3 t: 4.6 and 2.4; 2 lift the first to 2 t, short of the
   second. #}

with

cases (
    case_id, rule_id, quota, population, gap, total_gap, footprint,
    water_level, expected
) as (

    values
    ('equal', 'equal_per_capita', 7, 2, 6, 14, 1, 3.3e0, 1.4e0),
    ('equal', 'equal_per_capita', 7, 8, 8, 14, 3, 3.3e0, 5.6e0),
    ('half a gap', 'gap_proportional', 7, 2, 6, 14, 1, 3.3e0, 3e0),
    ('half a gap', 'gap_proportional', 7, 8, 8, 14, 3, 3.3e0, 4e0),
    ('more than the gap', 'gap_proportional', 24, 2, 6, 14, 1, 5e0, 8e0),
    ('more than the gap', 'gap_proportional', 24, 8, 8, 14, 3, 5e0, 16e0),
    ('no gap', 'gap_proportional', 7, 2, 0, 0, 1, 3.3e0, 1.4e0),
    ('water, both', 'water_filling', 7, 2, 6, 14, 1, 3.3e0, 4.6e0),
    ('water, both', 'water_filling', 7, 8, 8, 14, 3, 3.3e0, 2.4e0),
    ('water, one', 'water_filling', 2, 2, 6, 14, 1, 2e0, 2e0),
    ('water, one', 'water_filling', 2, 8, 8, 14, 3, 2e0, 0e0),
    ('nothing', 'water_filling', 0, 2, 6, 14, 1, 1e0, 0e0),
    ('nothing', 'gap_proportional', 0, 8, 8, 14, 3, 1e0, 0e0),
    ('less than nothing', 'water_filling', -10, 2, 6, 14, 1, -1e0, -2e0),
    ('less than nothing', 'gap_proportional', -10, 8, 8, 14, 3, -1e0, -8e0)

),

compared as (

    select
        case_id,
        expected,
        {{ allocated_quota(
            'rule_id', 'quota', 'population', '10', 'gap', 'total_gap',
            'footprint', 'water_level'
        ) }} as actual
    from cases

)

select * from compared
where not coalesce(abs(actual - expected) <= 1e-12, false)
