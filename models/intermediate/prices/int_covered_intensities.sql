{# Followed by the solve besides the emissions themselves: those that pay, by
   coverage. One that is the same for all producers needs no solve. #}

with

coverages as (

    select * from {{ ref('int_price_coverages') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

of_some as (

    select coverage_id
    from coverages
    where region_sector_id is not null
    group by 1
    having min(covered_share) < max(covered_share)

),

int_covered_intensities as (

    select
        intensities.year,
        coverages.coverage_id,
        intensities.stressor_id,
        intensities.region_sector_id,
        coverages.covered_share
        * intensities.direct_intensity as direct_intensity
    from intensities
    inner join stressors using (stressor_id)
    inner join coverages using (region_sector_id)
    inner join of_some using (coverage_id)
    where stressors.is_priced

)

select * from int_covered_intensities
