{# Footprints in which producers buy the capital that they use up, as they buy
   other inputs; docs/methods.md, Capital as an input. Off unless the var
   `capital` asks for it. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

capital as (

    select * from {{ ref('int_capital_of_regions') }}

),

replaced_capital as (

    select * from {{ ref('int_replaced_capital') }}

),

-- investments that replace capital are purchases of producers here, of final
-- users in the accounts
footprints as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.unit,
        accounts.region_id,
        accounts.region_name,
        accounts.household_footprint,
        accounts.household_footprint
        + coalesce(replaced.household_emissions, 0)
            as household_footprint_with_capital,
        accounts.consumption_footprint
        + coalesce(replaced.emissions, 0)
        - capital.replacement_emissions as footprint_with_capital,
        capital.consumption as consumption_of_fixed_capital
    from capital
    inner join accounts using (year, stressor_id, region_id)
    left join replaced_capital as replaced
        on
            capital.year = replaced.year
            and capital.stressor_id = replaced.stressor_id
            and capital.region_id = replaced.destination_region_id

),

capital_footprints as (

    select
        *,
        footprint_with_capital - household_footprint_with_capital
            as other_footprint_with_capital
    from footprints

)

select * from capital_footprints
