{# Nothing below that may not be. #}

with

cases (case_id, per_person, world, is_bound, expected) as (

    values
    ('above, all is in it', 5.0, 4.87, false, 'above'),
    ('above, something is left out', 5.0, 4.87, true, 'above'),
    ('equal', 4.87, 4.87, false, 'at or below'),
    ('below, all is in it', 1.0, 4.87, false, 'at or below'),
    ('below, something is left out', 1.0, 4.87, true, 'not known'),
    ('no people', null, 4.87, true, null),
    ('no comparator', 5.0, null, false, null)

)

select * from cases
where
    ({{ world_comparison('per_person', 'world', 'is_bound') }})
    is distinct from expected
