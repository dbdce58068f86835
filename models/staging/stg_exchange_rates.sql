with

source as (

    select * from {{ source('ingested', 'exchange_rates') }}

),

stg_exchange_rates as (

    select
        year,
        currency_per_usd
    from source

)

select * from stg_exchange_rates
