with

accounts as (

    -- choose the stressor first: tonnes are not added to money
    select * from {{ source('carbonshed', 'regional_accounts') }}
    where stressor_id = 'co2'

),

publication as (

    select * from {{ source('carbonshed', 'publication') }}

),

footprint_per_gdp as (

    select
        accounts.year,
        accounts.region_id,
        accounts.region_name,
        accounts.consumption_footprint * 1e6 / nullif(accounts.gdp, 0)
            as grams_per_currency_unit,
        publication.publication_id
    from accounts
    cross join publication

)

select * from footprint_per_gdp
