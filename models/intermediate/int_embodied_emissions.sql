{# E(ri -> s,c) = f_ri X_(ri),(s,c), summed over the sectors i of a region;
   docs/methods.md, Accounts. #}

with

embodied_output as (

    select * from {{ ref('embodied_output') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

sums as (

    select
        embodied_output.year,
        intensities.stressor_id,
        intensities.region_id as origin_region_id,
        embodied_output.region_id,
        embodied_output.category_id,
        sum(intensities.direct_intensity * embodied_output.output)
            as emissions
    from embodied_output
    inner join intensities
        on
            embodied_output.year = intensities.year
            and embodied_output.origin_id = intensities.region_sector_id
    where intensities.direct_intensity <> 0
    group by 1, 2, 3, 4, 5
    having sum(intensities.direct_intensity * embodied_output.output) <> 0

),

int_embodied_emissions as (

    select
        year,
        stressor_id,
        origin_region_id,
        -- an ENUM no longer: few rows are left
        cast(region_id as varchar) as region_id,
        cast(category_id as varchar) as category_id,
        emissions
    from sums

)

select * from int_embodied_emissions
