with

sources as (

    select
        region_id,
        origin_sector_id as sector_id,
        sum(emissions) as emissions,
        coalesce(
            sum(emissions) filter (where origin_region_id <> region_id), 0
        ) as from_elsewhere
    from footprint_by_origin_sector
    where
        year = $year
        and stressor_id = $stressor
    group by 1, 2

),

ordered as (

    select
        region_id,
        sector_id,
        emissions,
        from_elsewhere,
        row_number() over (
            partition by region_id order by emissions desc, sector_id asc
        ) as place,
        count(*) over (partition by region_id) as sectors
    from sources
    where emissions > 0

)

select * from ordered
where place <= $most
order by region_id, place
