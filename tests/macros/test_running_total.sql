{# Equals get their own sums, in the order that is asked for, group by group. #}

with

cases (case_id, place, region_id, amount, expected, is_right) as (

    values
    ('equals', 1, 'a', 1, 1, true),
    ('equals', 1, 'b', 2, 3, true),
    ('equals', 2, 'c', 4, 7, true),
    ('another', 1, 'a', 8, 8, true),
    ('another', 2, 'b', -3, 5, true),
    -- what the default frame would say of the first of two equals
    ('by place', 1, 'a', 1, 3, false),
    ('by place', 1, 'b', 2, 3, true)

),

compared as (

    select
        case_id,
        region_id,
        expected,
        is_right,
        {{ running_total('amount', ['case_id'], 'place, region_id') }}
            as actual
    from cases

)

select * from compared
where (actual is not distinct from expected) <> is_right
