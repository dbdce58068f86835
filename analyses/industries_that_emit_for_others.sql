{# Which industries of a region emit for others, in the table and outside it? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

multipliers as (

    select * from {{ ref('multipliers') }}

),

footprints as (

    select * from {{ ref('footprint_by_origin_sector') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

emitted as (

    select
        scope.year,
        scope.stressor_id,
        scope.region_id,
        scope.region_name as producer,
        multipliers.sector_id,
        multipliers.direct_intensity * multipliers.output as emissions
    from scope
    inner join multipliers using (year, stressor_id, region_id)
    where multipliers.direct_intensity <> 0

),

-- deliveries to other regions are not whole where small ones are in OTHER
dataset as (

    select smallest_share > 0 as has_other
    from {{ ref('dataset') }}

),

delivered as (

    select
        emitted.sector_id,
        sum(footprints.emissions) as for_all_regions,
        sum(footprints.emissions) filter (
            where footprints.region_id = emitted.region_id
        ) as for_itself
    from emitted
    inner join footprints
        on
            emitted.year = footprints.year
            and emitted.stressor_id = footprints.stressor_id
            and emitted.region_id = footprints.origin_region_id
            and emitted.sector_id = footprints.origin_sector_id
    group by 1

),

parts as (

    select
        emitted.producer,
        sectors.sector_name as industry,
        emitted.emissions,
        coalesce(delivered.for_itself, 0) as for_itself,
        case
            when not dataset.has_other
                then
                    coalesce(delivered.for_all_regions, 0)
                    - coalesce(delivered.for_itself, 0)
        end as for_other_regions,
        -- sums of floats leave a rest next to zero
        case
            when dataset.has_other then null
            when
                abs(emitted.emissions - coalesce(delivered.for_all_regions, 0))
                > 1e-9 * abs(emitted.emissions)
                then emitted.emissions - coalesce(delivered.for_all_regions, 0)
            else 0
        end as outside_or_unattributed,
        emitted.sector_id
    from emitted
    inner join sectors using (sector_id)
    cross join dataset
    left join delivered using (sector_id)

),

delivered_parts as (

    select
        *,
        coalesce(
            for_other_regions + outside_or_unattributed, emissions - for_itself
        ) as for_others
    from parts

)

select
    producer,
    industry,
    emissions,
    for_itself,
    for_other_regions,
    outside_or_unattributed,
    {{ safe_divide('for_others', 'emissions') }} as delivered_share,
    sector_id
from delivered_parts
order by for_others desc, sector_id asc
