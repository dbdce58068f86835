{# Flows and the accounts that they add up to. A missing side counts as zero, so
   that it is found just where the other side is not zero. #}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

flows (year, stressor_id, consumer, amount) as (

    values
    (2012, 'co2', 'a', 1.0),
    (2012, 'co2', 'a', 2.0),
    (2012, 'co2', 'b', 4.0)

),

accounts (year, stressor_id, region_id, footprint) as (

    values
    (2012, 'co2', 'a', 3.0),
    (2012, 'co2', 'b', 4.0),
    (2012, 'co2', 'c', 0.0)

),

results (case_id, expected, actual) as (

    select
        'adds up' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'within the tolerance' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint + 0.0005',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'every account too large' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint + 0.002',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'flows missing' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            '(select * from flows where amount > 9)', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'an account missing' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            '(select * from accounts where footprint <> 4)', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no accounts' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            '(select * from accounts where footprint > 9)', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'nothing on either side' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            '(select * from flows where amount > 9)', 'amount', ['year', 'stressor_id', 'consumer'],
            '(select * from accounts where footprint > 9)', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'nothing on either side, allowed' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            '(select * from flows where amount > 9)', 'amount', ['year', 'stressor_id', 'consumer'],
            '(select * from accounts where footprint > 9)', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total',
            may_be_empty=true
        ) }}
    ) as bad_rows

    union all

    select
        'unknown accounts' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'cast(null as double)',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'filtered' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total',
            where='amount < 4', parent_where='footprint < 4'
        ) }}
    ) as bad_rows

    union all

    select
        'filtered on one side' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total',
            where='amount < 4'
        ) }}
    ) as bad_rows

    union all

    select
        'total of another stressor, which is not there' as case_id,
        3 as expected,
        count(*) as actual
    from (
        {{ test_sums_to_parent(
            'flows', 'amount', ['year', 'stressor_id', 'consumer'],
            'accounts', 'footprint',
            parent_combination=['year', 'stressor_id', 'region_id'],
            reference_total='reference_total',
            reference_stressor='value_added'
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
