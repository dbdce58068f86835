{# What groups have of what households of their region buy, cause and bear;
   docs/methods.md, Household groups. #}

with

products as (

    select * from {{ ref('int_household_products') }}

),

shares as (

    select * from {{ ref('int_group_shares') }}

),

-- by product, or, where groups are categories, by category
parts as (

    select
        products.year,
        products.stressor_id,
        products.price_id,
        products.region_id,
        shares.group_id,
        products.sector_id,
        shares.share * products.amount as amount
    from products
    inner join shares using (year, region_id, sector_id)
    where shares.category_id is null

    union all

    select
        products.year,
        products.stressor_id,
        products.price_id,
        products.region_id,
        shares.group_id,
        products.sector_id,
        shares.share * products.amount as amount
    from products
    inner join shares using (year, region_id, category_id)

),

int_group_amounts as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
        group_id,
        sum(amount) as amount,
        sum(case when sector_id = 'DIRECT' then amount else 0 end)
            as direct_amount
    from parts
    group by 1, 2, 3, 4, 5

)

select * from int_group_amounts
