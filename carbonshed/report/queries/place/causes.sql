-- what causes the footprint of each region: the products that are bought there,
-- and the sectors that emit for it, the largest of each
with

products_and_sources as (

    select
        region_id,
        'products' as list_id,
        product_sector_id as sector_id,
        product_region_id as cause_region_id,
        emissions
    from footprint_by_product
    where
        year = $year
        and stressor_id = $stressor

    union all

    select
        region_id,
        'sources' as list_id,
        origin_sector_id as sector_id,
        origin_region_id as cause_region_id,
        emissions
    from footprint_by_origin_sector
    where
        year = $year
        and stressor_id = $stressor

),

causes as (

    select
        region_id,
        list_id,
        sector_id,
        sum(emissions) as emissions,
        coalesce(
            sum(emissions) filter (where cause_region_id <> region_id), 0
        ) as from_elsewhere
    from products_and_sources
    group by 1, 2, 3

),

ranked as (

    select
        *,
        row_number() over (
            partition by region_id, list_id
            order by emissions desc, sector_id asc
        ) as place
    from causes
    where emissions > 0

),

footprints as (

    select
        region_id,
        consumption_footprint,
        -- fewer of many regions, so that their pages stay small
        greatest(3, least(10, 4000 // count(*) over ())) as most
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

)

select
    ranked.region_id,
    ranked.list_id,
    sectors.sector_name,
    ranked.emissions,
    if(
        footprints.consumption_footprint > 0,
        ranked.emissions / footprints.consumption_footprint,
        null
    ) as whole_share,
    -- stocks that are used up can leave more than the whole elsewhere
    if(
        ranked.from_elsewhere between 0 and ranked.emissions * (1 + 1e-9),
        ranked.from_elsewhere / ranked.emissions,
        null
    ) as elsewhere_share
from ranked
inner join footprints using (region_id)
inner join sectors using (sector_id)
where ranked.place <= footprints.most
order by ranked.region_id, ranked.list_id, ranked.place
