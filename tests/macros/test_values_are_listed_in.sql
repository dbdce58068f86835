{# Labels: one that no list has is found, by its exact letters. #}

with

regions (region_id) as (

    values
    ('a'),
    ('b')

),

flows (destination) as (

    values
    ('a'),
    ('a'),
    ('EXPORT'),
    (null)

),

results (case_id, expected, actual) as (

    select
        'with the word allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_values_are_listed_in(
            'flows', 'destination', 'regions', 'region_id', also=['EXPORT']
        ) }}
    ) as bad_rows

    union all

    select
        'without it' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_values_are_listed_in(
            'flows', 'destination', 'regions', 'region_id'
        ) }}
    ) as bad_rows

    union all

    select
        'another case is another label' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_values_are_listed_in(
            "(select upper(destination) as destination from flows where destination = 'a')",
            'destination', 'regions', 'region_id'
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
