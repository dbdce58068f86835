{# f' of every scenario where it differs from f; docs/methods.md, Scenarios. #}

with

levers as (

    select * from {{ ref('scenario_levers') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

gaps as (

    select * from {{ ref('int_intensity_gaps') }}

),

producers as (

    select
        year,
        stressor_id,
        region_id
    from super_emitters
    where is_default_rule and is_selected and has_producer_lever

),

cells as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.region_sector_id,
        intensities.direct_intensity,
        sectors.is_power_supply,
        producers.region_id is not null as has_producer_lever
    from intensities
    inner join stressors using (stressor_id)
    inner join sectors using (sector_id)
    left join producers using (year, stressor_id, region_id)
    where stressors.is_mass

),

-- an empty field of a lever means all
applied_levers as (

    select
        cells.year,
        cells.stressor_id,
        levers.scenario_id,
        cells.region_id,
        cells.sector_id,
        cells.region_sector_id,
        cells.direct_intensity,
        {{ product_of('levers.factor') }} as factor,
        min(gaps.benchmark_intensity) as benchmark_intensity
    from cells
    inner join levers
        on
            cells.year = coalesce(levers.year, cells.year)
            and cells.region_id = coalesce(levers.region_id, cells.region_id)
            and cells.sector_id = coalesce(levers.sector_id, cells.sector_id)
            and (
                levers.includes_power_supply or not cells.is_power_supply
            )
            and (
                not levers.acts_on_super_emitters or cells.has_producer_lever
            )
    left join gaps
        on
            cells.year = gaps.year
            and cells.stressor_id = gaps.stressor_id
            and cells.region_sector_id = gaps.region_sector_id
            and levers.benchmark_id = gaps.benchmark_id
    where levers.lever = 'intensity'
    group by 1, 2, 3, 4, 5, 6, 7

),

changed_intensities as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        sector_id,
        region_sector_id,
        direct_intensity,
        benchmark_intensity,
        least(
            direct_intensity * factor,
            coalesce(benchmark_intensity, direct_intensity * factor)
        ) as scenario_intensity
    from applied_levers

),

int_scenario_intensities as (

    select
        * exclude (benchmark_intensity),
        coalesce(
            scenario_intensity = benchmark_intensity
            and {{ exceeds('direct_intensity', '5 * benchmark_intensity') }},
            false
        ) as is_far_above
    from changed_intensities
    where scenario_intensity <> direct_intensity

)

select * from int_scenario_intensities
