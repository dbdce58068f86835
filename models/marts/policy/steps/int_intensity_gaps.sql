{# How far each sector of each region is above its peers; docs/methods.md,
   Pathways. The producer lever closes these gaps. #}

with

intensities as (

    select * from {{ ref('int_intensities') }}

),

typology as (

    select * from {{ ref('mitigation_typology') }}

),

benchmarks as (

    select * from {{ ref('int_mitigation_benchmarks') }}

),

int_intensity_gaps as (

    select
        intensities.year,
        intensities.stressor_id,
        benchmarks.benchmark_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.direct_intensity,
        benchmarks.intensity as benchmark_intensity,
        greatest(0, intensities.direct_intensity - benchmarks.intensity)
            as excess_intensity,
        greatest(0, intensities.direct_intensity - benchmarks.intensity)
        * intensities.output as excess_emissions,
        typology.industry_type,
        intensities.region_sector_id
    from intensities
    inner join typology using (year, stressor_id, region_id)
    -- regions without an industry type are peers of each other
    inner join benchmarks
        on
            typology.year = benchmarks.year
            and typology.stressor_id = benchmarks.stressor_id
            and typology.industry_type is not distinct from
            benchmarks.industry_type
            and intensities.sector_id = benchmarks.sector_id
    where intensities.output > 0 and not intensities.is_zero_output

)

select * from int_intensity_gaps
