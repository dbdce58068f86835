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
        coalesce(delivered.for_all_regions, 0)
        - coalesce(delivered.for_itself, 0) as for_other_regions,
        -- sums of floats leave a rest next to zero
        case
            when
                abs(emitted.emissions - coalesce(delivered.for_all_regions, 0))
                > 1e-9 * abs(emitted.emissions)
                then emitted.emissions - coalesce(delivered.for_all_regions, 0)
            else 0
        end as outside_or_unattributed,
        emitted.sector_id
    from emitted
    inner join sectors using (sector_id)
    left join delivered using (sector_id)

)

select
    producer,
    industry,
    emissions,
    for_itself,
    for_other_regions,
    outside_or_unattributed,
    {{ safe_divide(
        'for_other_regions + outside_or_unattributed', 'emissions'
    ) }} as delivered_share,
    sector_id
from parts
order by for_other_regions + outside_or_unattributed desc, sector_id asc
