{# Groups of people hold the people of their region and bear what its households
   bear, what is handed back is what they bear, and the parts of Theil's T add
   up; groups see no less inequality than regions, and as much as the marts of
   regions do. #}

{%- set tolerance = '1e-9' %}

with

regions as (

    select
        own.year,
        own.stressor_id,
        own.region_id,
        sum(own.population) as group_people,
        any_value(of_regions.population) as expected
    from {{ ref('household_group_footprints') }} as own
    inner join {{ ref('regional_accounts') }} as of_regions
        using (year, stressor_id, region_id)
    group by 1, 2, 3

),

{% if is_chosen('analyses') -%}
    burdens as (

        select
            own.year,
            own.stressor_id,
            own.price_id,
            own.region_id,
            sum(own.burden) as burden,
            any_value(regions.household_burden) as expected,
            any_value(regions.burden) as scale
        from {{ ref('carbon_price_by_group') }} as own
        inner join {{ ref('carbon_price_burden') }} as regions
            using (year, stressor_id, price_id, region_id)
        group by 1, 2, 3, 4

    ),

    gains as (

        select
            year,
            stressor_id,
            price_id,
            sum(net_gain) as balance,
            sum(abs(burden)) as scale
        from {{ ref('carbon_price_by_group') }}
        group by 1, 2, 3

    ),

{% endif -%}

inequality as (

    select
        households.*,
        indices.gini as expected
    from {{ ref('household_inequality') }} as households
    left join {{ ref('inequality_indices') }} as indices
        on
            households.year = indices.year
            and households.stressor_id = indices.stressor_id
            and indices.measure = 'household_footprint'

)

select
    'people' as law,
    region_id as at_fault
from regions
where expected > 0 and abs(group_people - expected) > {{ tolerance }} * expected

{% if is_chosen('analyses') -%}
    union all

    select
        'burden' as law,
        region_id || ', ' || price_id as at_fault
    from burdens
    where abs(burden - expected) > {{ tolerance }} * abs(scale)

    union all

    select
        'net gain' as law,
        price_id as at_fault
    from gains
    where abs(balance) > {{ tolerance }} * scale
{%- endif %}

union all

select
    'Theil' as law,
    stressor_id as at_fault
from inequality
where
    abs(
        theil_between_parents
        + theil_between_regions
        + theil_within_regions
        - theil_t
    ) > {{ tolerance }}

union all

select
    'Gini' as law,
    stressor_id as at_fault
from inequality
where
    gini_groups < gini_regions - {{ tolerance }}
    or not coalesce(abs(gini_regions - expected) <= {{ tolerance }}, false)
