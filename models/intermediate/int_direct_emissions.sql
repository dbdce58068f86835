with

direct_emissions as (

    select * from {{ ref('stg_direct_emissions') }}

),

years as (

    select * from {{ ref('int_years') }}

),

int_direct_emissions as (

    select
        direct_emissions.year,
        direct_emissions.stressor_id,
        direct_emissions.region_id,
        direct_emissions.category_id,
        direct_emissions.emissions
    from direct_emissions
    -- the years of an account are those of the transactions
    inner join years using (year)

)

select * from int_direct_emissions
