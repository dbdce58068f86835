{#- What one region gives another takes: over all rows of a year and stressor
    the balances cancel. Unknown balances may be allowed, but only all at
    once. -#}
{% test sums_to_zero(
    model, column_name, may_be_empty=false, may_be_unknown=false,
    reference_stressor=none, reference_total=none, tolerance=1e-9
) %}

{%- set reference_total = reference_total or ref('int_reported_emissions') %}

with

sums as (

    select
        year,
        stressor_id,
        sum({{ column_name }}) as balance,
        count({{ column_name }}) as known,
        count(*) as rows_found
    from {{ model }}
    group by 1, 2

),

compared as (

    select
        sums.year,
        sums.stressor_id,
        sums.balance,
        sums.known,
        sums.rows_found,
        cast({{ tolerance }} as double) * abs(reference_total.emissions_in)
            as tolerated
    from sums
    left join {{ reference_total }} as reference_total
        on
            sums.year = reference_total.year
            and reference_total.stressor_id
            = {{ "'" ~ reference_stressor ~ "'" if reference_stressor
                else 'sums.stressor_id' }}

)

select
    year,
    stressor_id,
    balance
from compared
where
    {% if may_be_unknown -%}
    known > 0 and
    {% endif -%}
    (
        known < rows_found
        or not coalesce(abs(balance) <= tolerated, false)
    )
{%- if not may_be_empty %}

union all

select
    max(year) as year,
    'no rows' as stressor_id,
    max(balance) as balance
from compared
having count(*) = 0
{%- endif %}

{% endtest %}
