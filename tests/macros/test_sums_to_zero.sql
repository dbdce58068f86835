{# Balances cancel within a year and stressor, not across years. #}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

balances (year, stressor_id, net, partly_known) as (

    values
    (2012, 'co2', 5.0, 5.0),
    (2012, 'co2', -5.0005, null),
    (2013, 'co2', 5.0, null),
    (2013, 'co2', -4.0, null)

),

results (case_id, expected, actual) as (

    select
        'cancels within the tolerance' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 2012)', 'net',
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'does not cancel' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            'balances', 'net',
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'partly unknown' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 2012)', 'partly_known',
            reference_total='reference_total',
            may_be_unknown=true
        ) }}
    ) as bad_rows

    union all

    select
        'all unknown' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 2013)', 'partly_known',
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'all unknown, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 2013)', 'partly_known',
            reference_total='reference_total',
            may_be_unknown=true
        ) }}
    ) as bad_rows

    union all

    select
        'total of a stressor that is not there' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 2012)', 'net',
            reference_total='reference_total',
            reference_stressor='value_added'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 1900)', 'net',
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_zero(
            '(select * from balances where year = 1900)', 'net',
            reference_total='reference_total',
            may_be_empty=true
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
