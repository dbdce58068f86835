{# The bands of 2012 at two units of currency for a dollar. #}

with

bands (
    currency_per_usd, low_up_to, lower_middle_up_to, upper_middle_up_to
) as (

    values
    (2e0, 1035e0, 4085e0, 12615e0)

),

unknown_rates (
    currency_per_usd, low_up_to, lower_middle_up_to, upper_middle_up_to
) as (

    values
    (cast(null as double), 1035e0, 4085e0, 12615e0)

),

cases (income, expected) as (

    values
    (0e0, 'low'),
    (2070e0, 'low'),
    (2071e0, 'lower_middle'),
    (8170e0, 'lower_middle'),
    (8171e0, 'upper_middle'),
    (25230e0, 'upper_middle'),
    (25231e0, 'high'),
    (null, null)

)

select
    cases.income,
    cases.expected,
    {{ income_band('cases.income', 'bands') }} as actual
from cases
cross join bands
where
    {{ income_band('cases.income', 'bands') }}
    is distinct from cases.expected

union all

select
    cases.income,
    null as expected,
    {{ income_band('cases.income', 'unknown_rates') }} as actual
from cases
cross join unknown_rates
where {{ income_band('cases.income', 'unknown_rates') }} is not null
