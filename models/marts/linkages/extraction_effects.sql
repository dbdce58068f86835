{# Emissions that hang on a region, or on a sector wherever it is;
   docs/methods.md, Extraction. Off unless the var `extraction` asks for it:
   several more solves with a column for each region. #}

{{ config(
    enabled=is_chosen('analyses') and is_chosen('extraction'),
    tags=['extraction']
) }}

-- depends_on: {{ ref('extractions') }}

with

extracted_demand as (

    select * from {{ source('solve_store', 'extracted_demand') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

amounts as (

    select
        extracted_demand.year,
        intensities.stressor_id,
        extracted_demand.extracted_kind,
        case extracted_demand.extracted_kind
            when 'region' then intensities.region_id
            else intensities.sector_id
        end as extracted_id,
        intensities.unit,
        total_intensities.total_intensity * extracted_demand.amount
            as vanishing_emissions,
        intensities.direct_intensity * intensities.output as own_emissions
    from extracted_demand
    inner join intensities using (year, region_sector_id)
    inner join stressors using (stressor_id)
    inner join total_intensities using (year, stressor_id, region_sector_id)
    where stressors.is_mass

),

sums as (

    select
        year,
        stressor_id,
        extracted_kind,
        extracted_id,
        unit,
        sum(vanishing_emissions) as vanishing_emissions,
        sum(own_emissions) as own_emissions
    from amounts
    group by 1, 2, 3, 4, 5

),

extraction_effects as (

    select
        *,
        vanishing_emissions - own_emissions as elsewhere_emissions,
        {{ safe_divide(
            'vanishing_emissions',
            'sum(own_emissions) over '
            ~ '(partition by year, stressor_id, extracted_kind)'
        ) }} as share
    from sums

)

select * from extraction_effects
