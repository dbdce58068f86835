{#- What a table accounts for is what came in, year by year and stressor by
    stressor; a year or stressor that only one side knows is at fault. -#}
{% test conserves_emissions(
    model, parts, reference_total=none, tolerance=1e-9
) %}

{%- set reference_total = reference_total or ref('int_reported_emissions') %}

with

accounted as (

    select
        year,
        stressor_id,
        sum({{ parts | join(' + ') }}) as emissions
    from {{ model }}
    group by 1, 2

),

compared as (

    select
        year,
        stressor_id,
        accounted.emissions,
        reference_total.emissions_in
    from accounted
    full outer join {{ reference_total }} as reference_total
        using (year, stressor_id)

)

select
    year,
    stressor_id,
    emissions,
    emissions_in
from compared
where
    not coalesce(
        abs(emissions - emissions_in)
        <= cast({{ tolerance }} as double) * abs(emissions_in),
        false
    )

union all

select
    max(year) as year,
    'no rows' as stressor_id,
    max(emissions) as emissions,
    max(emissions_in) as emissions_in
from compared
having count(*) = 0

{% endtest %}
