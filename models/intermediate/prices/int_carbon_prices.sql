{# Every price on emissions in the dataset's own currency; docs/methods.md,
   Price on emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

with

carbon_prices as (

    select * from {{ ref('carbon_prices') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

own_prices as (

    select
        price_id,
        max(price) as price
    from {{ ref('stg_carbon_prices') }}
    group by 1

),

shipped as (

    select
        income_bands.year,
        carbon_prices.price_id,
        carbon_prices.price_name,
        carbon_prices.coverage_id,
        carbon_prices.is_default,
        carbon_prices.price,
        carbon_prices.price_currency,
        dataset.currency,
        case
            when carbon_prices.price_currency = dataset.currency then 1
            when carbon_prices.price_currency = 'USD'
                then income_bands.currency_per_usd
        end as rate
    from carbon_prices
    cross join dataset
    cross join income_bands
    left join own_prices using (price_id)
    where own_prices.price_id is null

),

int_carbon_prices as (

    select
        year,
        price_id,
        price_name,
        coverage_id,
        price * coalesce(rate, 1) as price,
        case
            when rate is null
                then
                    'no exchange rate of ' || currency || ' is known for '
                    || cast(year as varchar)
                    || ': the price is in units of ' || currency
                    || ' instead of ' || price_currency
        end as price_note,
        is_default
    from shipped

    union all

    select
        income_bands.year,
        own_prices.price_id,
        own_prices.price_id as price_name,
        'own: ' || own_prices.price_id as coverage_id,
        own_prices.price,
        cast(null as varchar) as price_note,
        coalesce(carbon_prices.is_default, false) as is_default
    from own_prices
    cross join income_bands
    left join carbon_prices using (price_id)

)

select * from int_carbon_prices
