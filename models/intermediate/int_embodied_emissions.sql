{# E(ri -> s,c) = f_ri X_(ri),(s,c), summed over the sectors i of a region;
   docs/methods.md, Accounts. #}

{{ config(materialized="incremental") }}

with

embodied_output as (

    select * from {{ ref('embodied_output') }}
    {{ of_changed_years(is_incremental()) }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

-- a number is grouped in half the time of two texts
origins as (

    select
        year,
        region_sector_id,
        stressor_id,
        region_id,
        direct_intensity,
        dense_rank() over (order by stressor_id, region_id) as origin_number
    from intensities
    where direct_intensity <> 0

),

labels as (

    select distinct
        origin_number,
        stressor_id,
        region_id
    from origins

),

sums as (

    select
        embodied_output.year,
        origins.origin_number,
        embodied_output.region_id,
        embodied_output.category_id,
        sum(origins.direct_intensity * embodied_output.output) as emissions
    from embodied_output
    inner join origins
        on
            embodied_output.year = origins.year
            and embodied_output.origin_id = origins.region_sector_id
    group by 1, 2, 3, 4

),

int_embodied_emissions as (

    select
        sums.year,
        labels.stressor_id,
        labels.region_id as origin_region_id,
        -- an ENUM no longer: few rows are left
        cast(sums.region_id as varchar) as region_id,
        cast(sums.category_id as varchar) as category_id,
        sums.emissions
    from sums
    inner join labels
        on sums.origin_number = labels.origin_number
    where sums.emissions <> 0

)

select * from int_embodied_emissions
