{# The first premise that fails, and what it is called for people. #}

with

cases (case_id, held, asked, beyond, is_user, expected, words) as (

    values
    ('all hold', 0.6e0, 0.6e0, false, false, 'holds', null),
    (
        'as many but for rounding', 0.6e0 - 1e-16, 0.6e0, false, false, 'holds',
        null
    ),
    (
        'too few comes first', 0.283e0, 0.6e0, true, true, 'receivers_short',
        'hold 28 % of the population, and the rule needs 60 %'
    ),
    (
        'nobody', 0e0, 0.6e0, false, false, 'receivers_short',
        'hold 0 % of'
    ),
    (
        'hardly anybody', 0.004e0, 0.6e0, false, false, 'receivers_short',
        'hold less than 1 % of'
    ),
    (
        'all but a few', 0.9951e0, 1e0, false, false, 'receivers_short',
        'hold more than 99 % of'
    ),
    (
        'beyond the curve', 0.7e0, 0.6e0, true, true, 'income_extrapolated',
        'no income can be read off'
    ),
    (
        'no curve', 0.7e0, 0.6e0, null, false, 'income_extrapolated',
        'no income can be read off'
    ),
    (
        'a user', 0.7e0, 0.6e0, false, true, 'user_scenario',
        'a user''s scenario'
    ),
    (
        'all alike', 0.5e0, 0.6e0, true, true, 'one_structure',
        'no region''s type'
    )

),

countries (place, country, is_incomplete, instead, instead_words) as (

    values
    ('one country', 'CHN', false, null, null),
    (
        'a country with little of it', 'FIN', true, 'footprints_incomplete',
        'too much (27.6 Mt of the 67.2 Mt that the Global Carbon Budget'
    ),
    ('countries', 'WLD', true, 'across_countries', 'a table of the world')

),

found as (

    select
        *,
        {{ premise(
            'country', 'is_incomplete', 'held', 'asked', 'beyond', 'is_user',
            "case_id = 'all alike'"
        ) }} as premise
    from cases
    cross join countries

),

noted as (

    select
        *,
        {{ premise_note('premise', 'held', 'asked', '2.759e7', '6.722e7') }}
            as note
    from found

)

select * from noted
where
    premise is distinct from coalesce(instead, expected)
    or (coalesce(instead_words, words) is null)
    is distinct from (note is null)
    or not coalesce(contains(note, coalesce(instead_words, words)), true)
