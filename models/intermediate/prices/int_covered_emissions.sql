{# The emissions of producers that pay, by whose final demand causes them. Where
   all producers of a region pay for the same share, what is known of the region
   is enough: embodied output is joined for the others only. #}

{{ config(enabled=is_chosen('analyses')) }}

with

coverages as (

    select *
    from {{ ref('int_price_coverages') }}
    where region_sector_id is not null

),

intensities as (

    select intensities.*
    from {{ ref('int_intensities') }} as intensities
    inner join {{ ref('int_stressors') }} as stressors using (stressor_id)
    where stressors.is_priced

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_shares as (

    select
        coverage_id,
        region_id,
        max(covered_share) as covered_share,
        min(covered_share) = max(covered_share) as is_even
    from coverages
    group by 1, 2

),

of_regions as (

    select
        embodied.year,
        embodied.stressor_id,
        region_shares.coverage_id,
        embodied.region_id,
        embodied.category_id,
        region_shares.covered_share * embodied.emissions as emissions
    from embodied_emissions as embodied
    inner join stressors using (stressor_id)
    inner join region_shares
        on embodied.origin_region_id = region_shares.region_id
    where
        stressors.is_priced
        and region_shares.is_even
        and region_shares.covered_share <> 0

),

covered_intensities as (

    select
        intensities.year,
        intensities.region_sector_id,
        intensities.stressor_id,
        coverages.coverage_id,
        coverages.covered_share * intensities.direct_intensity as intensity,
        dense_rank() over (
            order by intensities.stressor_id, coverages.coverage_id
        ) as coverage_number
    from intensities
    inner join coverages using (region_sector_id)
    inner join region_shares
        on
            coverages.coverage_id = region_shares.coverage_id
            and coverages.region_id = region_shares.region_id
    where
        not region_shares.is_even
        and coverages.covered_share * intensities.direct_intensity <> 0

),

coverage_labels as (

    select distinct
        coverage_number,
        stressor_id,
        coverage_id
    from covered_intensities

),

-- numbers are grouped in half the time of texts
sums as (

    select
        embodied_output.year,
        covered_intensities.coverage_number,
        embodied_output.region_position,
        embodied_output.category_position,
        sum(covered_intensities.intensity * embodied_output.output)
            as emissions
    from embodied_output
    inner join covered_intensities
        on
            embodied_output.year = covered_intensities.year
            and embodied_output.origin_id
            = covered_intensities.region_sector_id
    group by 1, 2, 3, 4

),

of_producers as (

    select
        sums.year,
        coverage_labels.stressor_id,
        coverage_labels.coverage_id,
        labels.region_id,
        labels.category_id,
        sums.emissions
    from sums
    inner join coverage_labels using (coverage_number)
    inner join labels using (region_position, category_position)

),

-- producers without output pay and pass nothing on
of_zero_outputs as (

    select
        intensities.year,
        intensities.stressor_id,
        coverages.coverage_id,
        'UNATTRIBUTED' as region_id,
        'UNATTRIBUTED' as category_id,
        coverages.covered_share * intensities.emissions as emissions
    from intensities
    inner join coverages using (region_sector_id)
    where intensities.is_zero_output

),

parts as (

    select * from of_regions
    union all
    select * from of_producers
    union all
    select * from of_zero_outputs

),

int_covered_emissions as (

    select
        year,
        stressor_id,
        coverage_id,
        region_id,
        category_id,
        sum(emissions) as emissions
    from parts
    group by 1, 2, 3, 4, 5

)

select * from int_covered_emissions
