{# Where do the emissions behind the products that one region buys arise? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

sectors as (

    select * from {{ ref('sectors') }}
    where
        coalesce(cast(getvariable('product') as varchar), sector_id)
        in (sector_id, sector_name)

),

dataset as (

    select smallest_share
    from {{ ref('dataset') }}

),

purchases as (

    select
        products.*,
        sectors.sector_name,
        scope.region_name as consumer
    from {{ ref('footprint_by_product') }} as products
    inner join scope using (year, stressor_id, region_id)
    inner join sectors on products.product_sector_id = sectors.sector_id
    -- of the small purchases in OTHER nobody knows where they were emitted
    inner join dataset on dataset.smallest_share = 0

),

origins as (

    select * from {{ ref('multipliers_by_origin') }}

),

-- each product twice: by the place of its emissions, and of its maker
places as (

    select
        purchases.consumer,
        purchases.sector_name,
        origins.origin_region_id as region_id,
        origins.origin_region_name as region_name,
        origins.intensity * purchases.expenditure as emitted_there,
        0 as made_there
    from purchases
    inner join origins
        using (year, stressor_id, product_region_id, product_sector_id)

    union all

    select
        consumer,
        sector_name,
        product_region_id as region_id,
        product_region_name as region_name,
        0 as emitted_there,
        emissions as made_there
    from purchases

),

summed as (

    select
        consumer,
        sector_name,
        region_id,
        region_name,
        sum(emitted_there) as emitted_there,
        sum(made_there) as made_there
    from places
    group by 1, 2, 3, 4

),

shares as (

    select
        *,
        sum(emitted_there) over product as of_product,
        {{ safe_divide('emitted_there', 'sum(emitted_there) over product') }}
            as emitted_there_share,
        {{ safe_divide('made_there', 'sum(made_there) over product') }}
            as made_there_share
    from summed
    window product as (partition by sector_name)

)

select
    shares.consumer,
    shares.sector_name as product,
    shares.region_name as place,
    shares.emitted_there,
    shares.emitted_there_share,
    shares.made_there_share,
    case
        when dataset.smallest_share > 0
            then
                'purchases below ' || dataset.smallest_share
                || ' of a footprint are summed into OTHER: build without the'
                || ' var smallest_share'
        when shares.consumer is null
            then
                'no purchases: ' || scope.region_name || ' buys no such product'
                || ', or ' || scope.stressor_id || ' is not a mass'
    end as not_answered
from scope
cross join dataset
left join shares on true
order by
    shares.of_product desc,
    product asc,
    shares.emitted_there desc,
    shares.region_id asc
