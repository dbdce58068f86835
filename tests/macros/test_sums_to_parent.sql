{# Flows and the accounts that they add up to. A missing side counts as zero, so
   that it is found just where the other side is not zero. #}

{%- set usual = {
    'model': 'flows',
    'amount': 'amount',
    'combination': ['year', 'stressor_id', 'consumer'],
    'parent': 'accounts',
    'parent_amount': 'footprint',
    'parent_combination': ['year', 'stressor_id', 'region_id'],
    'reference_total': 'reference_total',
} %}
{%- set cases = [
    ('adds up', 0, {}),
    ('within the tolerance', 0, {'parent_amount': 'footprint + 0.0005'}),
    ('every account too large', 3, {'parent_amount': 'footprint + 0.002'}),
    ('flows missing', 2, {'model': '(select * from flows where amount > 9)'}),
    ('an account missing', 1, {
        'parent': '(select * from accounts where footprint <> 4)',
    }),
    ('no accounts', 3, {
        'parent': '(select * from accounts where footprint > 9)',
    }),
    ('nothing on either side', 1, {
        'model': '(select * from flows where amount > 9)',
        'parent': '(select * from accounts where footprint > 9)',
    }),
    ('nothing on either side, allowed', 0, {
        'model': '(select * from flows where amount > 9)',
        'parent': '(select * from accounts where footprint > 9)',
        'may_be_empty': true,
    }),
    ('unknown accounts', 3, {'parent_amount': 'cast(null as double)'}),
    ('filtered', 0, {'where': 'amount < 4', 'parent_where': 'footprint < 4'}),
    ('filtered on one side', 1, {'where': 'amount < 4'}),
    ('a law that a var lifts', 0, {
        'parent_amount': 'footprint + 0.002', 'unless': 'lifted',
    }),
    ('a law that a var does not lift', 3, {
        'parent_amount': 'footprint + 0.002', 'unless': 'smallest_share',
    }),
    ('total of another stressor, which is not there', 3, {
        'reference_stressor': 'value_added',
    }),
] %}

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

    {{ count_bad_rows(test_sums_to_parent, usual, cases) }}

)

select * from results
where actual <> expected
