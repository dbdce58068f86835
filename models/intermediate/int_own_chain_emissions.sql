{# Emissions of chains that never leave the region, from first supplier to final
   user; docs/methods.md, Trade. #}

with

own_chain_output as (

    select * from {{ ref('own_chain_output') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

int_own_chain_emissions as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        sum(intensities.direct_intensity * own_chain_output.output)
            as emissions
    from intensities
    inner join own_chain_output
        on
            intensities.year = own_chain_output.year
            and intensities.region_sector_id = own_chain_output.origin_id
    group by 1, 2, 3

)

select * from int_own_chain_emissions
