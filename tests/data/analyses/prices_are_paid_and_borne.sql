{# All that is paid for emissions is borne by final users, abroad, or by nobody;
   dividends hand out what ranked regions bear; and every region bears the rise
   of prices on what it buys. Tolerance: 1e-9 of all emissions at the price. #}

{{ config(enabled=is_chosen('analyses')) }}

with

summary as (

    select
        *,
        revenue - burden - abroad - unattributed as nobody_bears
    from {{ ref('carbon_price_summary') }}

),

burdens as (

    select * from {{ ref('carbon_price_burden') }}

),

products as (

    select * from {{ ref('carbon_price_products') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

),

purchases as (

    select
        year,
        origin_id as region_sector_id,
        region_id,
        sum(amount) as amount
    from {{ ref('stg_final_demand') }}
    group by 1, 2, 3

),

rises as (

    select
        products.year,
        products.stressor_id,
        products.price_id,
        purchases.region_id,
        sum(products.price_increase * purchases.amount) as amount
    from products
    inner join sector_output using (year, region_id, sector_id)
    inner join purchases
        on
            products.year = purchases.year
            and sector_output.region_sector_id = purchases.region_sector_id
    group by 1, 2, 3, 4

),

laws as (

    select
        year,
        stressor_id,
        price_id,
        'what is paid is borne' as law,
        nobody_bears as difference
    from summary

    union all

    select
        year,
        stressor_id,
        price_id,
        'dividends hand out what is borne' as law,
        sum(net_gain) as difference
    from burdens
    group by 1, 2, 3
    having count(net_gain) > 0

    union all

    select
        burdens.year,
        burdens.stressor_id,
        burdens.price_id,
        'a region bears the rise of prices: ' || burdens.region_id as law,
        burdens.burden
        - burdens.direct_burden
        - coalesce(rises.amount, 0) as difference
    from burdens
    left join rises using (year, stressor_id, price_id, region_id)

)

select
    laws.*,
    summary.price * reported.emissions_in as size
from laws
inner join summary using (year, stressor_id, price_id)
inner join reported using (year, stressor_id)
where
    not coalesce(
        abs(laws.difference)
        <= cast(1e-9 as double) * abs(summary.price * reported.emissions_in),
        false
    )
