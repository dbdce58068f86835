{# Which purchases cause the footprint of one region? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

products as (

    select * from {{ ref('footprint_by_product') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

purchases as (

    select
        scope.region_name as consumer,
        products.product_sector_id,
        sum(products.emissions) as emissions,
        sum(products.expenditure) as expenditure,
        sum(
            case
                when products.product_region_id <> scope.region_id
                    then products.emissions
                else 0
            end
        ) as emissions_of_bought_in
    from scope
    inner join products using (year, stressor_id, region_id)
    group by 1, 2

)

select
    purchases.consumer,
    sectors.sector_name as product,
    purchases.emissions,
    {{ safe_divide('purchases.emissions', 'sum(purchases.emissions) over ()') }}
        as emissions_share,
    purchases.expenditure,
    {{ safe_divide('purchases.emissions', 'purchases.expenditure') }}
        as emissions_per_expenditure,
    {{ safe_divide('purchases.emissions_of_bought_in', 'purchases.emissions') }}
        as share_from_other_regions
from purchases
inner join sectors
    on purchases.product_sector_id = sectors.sector_id
order by purchases.emissions desc, sectors.sector_id asc
