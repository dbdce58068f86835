{#- What a table accounts for is what came in, year by year and stressor by
    stressor; a year or stressor that only one side knows is at fault. -#}
{% test conserves_emissions(
    model, parts, yardstick=none, tolerance=1e-9
) %}

{%- set yardstick = yardstick or ref('int_emissions_in') %}

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
        coalesce(accounted.year, yardstick.year) as year,
        coalesce(accounted.stressor_id, yardstick.stressor_id) as stressor_id,
        accounted.emissions,
        yardstick.emissions_in
    from accounted
    full outer join {{ yardstick }} as yardstick
        on
            accounted.year = yardstick.year
            and accounted.stressor_id = yardstick.stressor_id

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
