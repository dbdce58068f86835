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

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

-- numbers are grouped in less time than texts
numbered as (

    select
        products.year,
        products.stressor_id,
        products.price_id,
        sector_output.region_sector_id,
        products.price_increase,
        dense_rank() over (
            order by products.year, products.stressor_id, products.price_id
        ) as price_number
    from products
    inner join sector_output using (year, region_id, sector_id)

),

price_labels as (

    select distinct
        price_number,
        year,
        stressor_id,
        price_id
    from numbered

),

sums as (

    select
        numbered.price_number,
        final_demand.region_id,
        sum(numbered.price_increase * final_demand.amount) as amount
    from numbered
    inner join final_demand
        on
            numbered.year = final_demand.year
            and numbered.region_sector_id = final_demand.origin_id
    group by 1, 2

),

rises as (

    select
        price_labels.year,
        price_labels.stressor_id,
        price_labels.price_id,
        sums.region_id,
        sums.amount
    from sums
    inner join price_labels using (price_number)

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
