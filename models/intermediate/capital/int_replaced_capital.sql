{# Emissions of replacing capital, by those for whom it is used up: region by
   region, behind exports, and behind what is nobody's. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

embodied_capital as (

    select * from {{ ref('int_embodied_capital') }}

),

capital_intensities as (

    select * from {{ ref('capital_intensities') }}

),

int_replaced_capital as (

    select
        embodied_capital.year,
        intensities.stressor_id,
        embodied_capital.destination_region_id,
        sum(intensities.intensity * embodied_capital.amount) as emissions,
        sum(
            case
                when embodied_capital.category_group = 'household'
                    then intensities.intensity * embodied_capital.amount
                else 0
            end
        ) as household_emissions
    from embodied_capital
    inner join capital_intensities as intensities using (year, region_id)
    group by 1, 2, 3

)

select * from int_replaced_capital
