with

intensities as (

    select * from {{ ref('int_import_intensities') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

user_files as (

    select distinct
        year,
        stressor_id
    from intensities
    where method_id = 'user_file'

),

imported_intensities as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.method_id,
        intensities.sector_id,
        intensities.intensity,
        sectors.sector_name,
        't' as unit,
        intensities.method_id = case
            when user_files.year is null then 'domestic_technology'
            else 'user_file'
        end as is_default_method
    from intensities
    inner join sectors using (sector_id)
    left join user_files using (year, stressor_id)

)

select * from imported_intensities
