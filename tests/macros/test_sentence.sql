{# Columns are filled in, brackets are left out where a column in them is NULL
   or not true, and a value that looks like a column stays as it is. #}

with

texts (text_id, sentence) as (

    values
    ('plain', 'No field.'),
    ('numbers', '{region_name}: {mass:t}, {part:share} of {year}'),
    ('brackets', '{year}[, {missing}][, {region_name}][{is_large}, large]'),
    ('conditions', '[{is_large}large][{has_none}none][{is_unknown}?]'),
    ('unknown', '{year} {missing}')

),

cases (case_id, text_id, expected) as (

    values
    (1, 'plain', 'No field.'),
    (2, 'numbers', '{year}[ "a: 12.3 Mt, less than 1 % of 2012'),
    (3, 'brackets', '2012, {year}[ "a, large'),
    (4, 'conditions', 'large'),
    (5, 'unknown', null),
    (6, 'not there', null),
    (7, null, null)

),

facts as (

    select
        *,
        2012 as year,
        '{year}[ "a' as region_name,
        12345678e0 as mass,
        0.001e0 as part,
        cast(null as varchar) as missing,
        true as is_large,
        false as has_none,
        cast(null as boolean) as is_unknown
    from cases

),

results as (

    select
        *,
        {{ sentence('facts.text_id', 'facts', 'texts') }} as result
    from facts

)

select * from results
where result is distinct from expected
