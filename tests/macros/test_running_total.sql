{# Equals get their own sums, in the order that is asked for, group by group. #}

with

cases (case_id, place, amount, expected) as (

    values
    ('equals', 1, 2, [2, 4, 8]),
    ('equals', 1, 2, [2, 4, 8]),
    ('equals', 2, 4, [2, 4, 8]),
    ('another', 1, 8, [5, 8]),
    ('another', 2, -3, [5, 8])

),

compared as (

    select
        *,
        {{ running_total('amount', ['case_id'], 'place') }} as actual
    from cases

)

select
    case_id,
    expected
from compared
group by 1, 2
having list_sort(list(actual)) <> expected
