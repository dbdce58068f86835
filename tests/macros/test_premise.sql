{# The first premise that fails. #}

with

cases (case_id, held, requested, beyond, is_user, expected) as (

    values
    ('all hold', 0.6e0, 0.6e0, false, false, 'holds'),
    ('as many but for rounding', 0.6e0 - 1e-16, 0.6e0, false, false, 'holds'),
    ('too few comes first', 0.283e0, 0.6e0, true, true, 'receivers_short'),
    ('nobody', 0e0, 0.6e0, false, false, 'receivers_short'),
    ('beyond the curve', 0.7e0, 0.6e0, true, true, 'income_extrapolated'),
    ('no curve', 0.7e0, 0.6e0, null, false, 'income_extrapolated'),
    ('a user', 0.7e0, 0.6e0, false, true, 'user_scenario'),
    ('all alike', 0.5e0, 0.6e0, true, true, 'one_structure')

),

countries (description, country, is_incomplete, instead) as (

    values
    ('one country', 'CHN', false, null),
    ('a country with little of it', 'FIN', true, 'footprints_incomplete'),
    ('countries', 'WLD', true, 'across_countries')

),

results as (

    select
        *,
        {{ premise(
            'country', 'is_incomplete', 'held', 'requested', 'beyond', 'is_user',
            "case_id = 'all alike'"
        ) }} as result
    from cases
    cross join countries

)

select * from results
where result is distinct from coalesce(instead, expected)
