{#- A stored ratio is the quotient of two other columns, and NULL just where
    that has no value. -#}
{% test is_ratio_of(
    model, column_name, numerator, denominator, tolerance=1e-12
) %}

with

ratios as (

    select
        {{ column_name }} as stored_ratio,
        {{ safe_divide(numerator, denominator) }} as expected_ratio
    from {{ model }}

)

select
    stored_ratio,
    expected_ratio
from ratios
where
    (stored_ratio is null) <> (expected_ratio is null)
    or not coalesce(
        abs(stored_ratio - expected_ratio)
        <= cast({{ tolerance }} as double) * abs(expected_ratio),
        true
    )

{% endtest %}
