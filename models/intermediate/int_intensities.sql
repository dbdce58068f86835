{# Emissions per unit of output, for every cell: absent emissions are zeros, and
   a zero-output cell has no intensity whatever it emits. #}

with

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

emissions as (

    select * from {{ ref('stg_emissions') }}

),

value_added as (

    select * from {{ ref('stg_value_added') }}

),

sector_emissions as (

    select
        year,
        stressor_id,
        region_sector_id,
        emissions
    from emissions

    union all

    select
        year,
        'value_added' as stressor_id,
        region_sector_id,
        sum(amount) as emissions
    from value_added
    group by 1, 2, 3

),

cells as (

    select
        sector_output.year,
        stressors.stressor_id,
        stressors.unit,
        sector_output.region_sector_id,
        sector_output.region_id,
        sector_output.sector_id,
        coalesce(sector_emissions.emissions, 0) as emissions,
        sector_output.output,
        sector_output.is_zero_output
    from sector_output
    cross join stressors
    left join sector_emissions using (year, stressor_id, region_sector_id)

),

int_intensities as (

    select
        year,
        stressor_id,
        unit,
        region_sector_id,
        region_id,
        sector_id,
        emissions,
        output,
        case
            -- no minus zero where the output is negative
            when is_zero_output or emissions = 0 then 0
            else {{ safe_divide('emissions', 'output') }}
        end as direct_intensity,
        is_zero_output
    from cells

)

select * from int_intensities
