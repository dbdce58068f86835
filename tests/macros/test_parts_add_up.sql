{# Parts and whole of a row. A millionth of a millionth part of all emissions is
   tolerated, and no more: 1e-3 of 1e6 is. #}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

rows_in (year, stressor_id, whole, part_a, part_b) as (

    values
    (2012, 'co2', 10.0, 4.0, 6.0),
    (2012, 'co2', 1.0, 0.0, 0.9995),
    (2013, 'co2', 1.0, 0.0, 0.998),
    (2014, 'co2', 1.0, 0.0, 1.0),
    (2015, 'co2', 1.0, null, 1.0)

),

results (case_id, expected, actual) as (

    select
        'within the tolerance' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 2012)',
            'whole', ['part_a', 'part_b'], reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'beyond it' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 2013)',
            'whole', ['part_a', 'part_b'], reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no reference total' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 2014)',
            'whole', ['part_a', 'part_b'], reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'all' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            'rows_in',
            'whole', ['part_a', 'part_b'], reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 1900)',
            'whole', ['part_a', 'part_b'], reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 1900)',
            'whole', ['part_a', 'part_b'], may_be_empty=true,
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'beyond the tolerance where no rows are allowed' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_parts_add_up(
            '(select * from rows_in where year = 2013)',
            'whole', ['part_a', 'part_b'], may_be_empty=true,
            reference_total='reference_total'
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
