{# A warning, not an error: a group that causes less than nothing, or that
   spends four times what its group does per head in the nation, or a quarter of
   it, is more likely a wrong figure than an unusual place. #}

{{ config(severity='warn') }}

with

groups_in_nations as (

    select
        own.year,
        own.stressor_id,
        own.region_id,
        own.group_id,
        own.emissions,
        own.unit,
        own.spending_per_capita,
        sum(own.spending) over nation
        / sum(own.population) over nation as nation_spending_per_capita
    from {{ ref('household_group_footprints') }} as own
    inner join {{ ref('int_countries') }} as countries using (region_id)
    window nation as (
        partition by
            own.year,
            own.stressor_id,
            own.group_id,
            countries.country_id
    )

)

select
    year,
    stressor_id,
    region_id,
    group_id
from groups_in_nations
where
    (unit = 't' and emissions < 0)
    or not spending_per_capita between nation_spending_per_capita / 4
    and 4 * nation_spending_per_capita
