{# What one unit of an imported product embodies, by every method that the
   dataset allows; docs/methods.md, Full scope. In years with imports only. #}

{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('solves') }}

with

domestic_technology as (

    select * from {{ source('solve_store', 'domestic_technology') }}

),

given as (

    select * from {{ source('ingested', 'import_intensities') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

impact_factors as (

    select * from {{ ref('stg_impact_factors') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

-- a key that is NULL means all; the row with the most keys speaks
candidates as (

    select
        outside_trade.year,
        stressors.stressor_id,
        sectors.sector_id,
        given.value / dataset.currency_unit * stressors.unit_factor
            as intensity,
        row_number() over (
            partition by
                outside_trade.year, stressors.stressor_id, sectors.sector_id
            order by
                case when given.year is null then 1 else 0 end
                + case when given.stressor_id is null then 1 else 0 end
                + case when given.sector_id is null then 1 else 0 end
        ) as preference
    from given
    inner join outside_trade
        on outside_trade.year = coalesce(given.year, outside_trade.year)
    inner join stressors
        on stressors.stressor_id = coalesce(
            given.stressor_id, stressors.stressor_id
        )
    inner join sectors
        on sectors.sector_id = coalesce(given.sector_id, sectors.sector_id)
    cross join dataset
    where
        outside_trade.has_imports
        and stressors.is_mass
        and not stressors.is_impact

),

known as (

    select distinct
        year,
        stressor_id
    from candidates

),

-- a product without a row counts 0; the audit refuses it if it is bought
of_stressors as (

    select
        known.year,
        known.stressor_id,
        sectors.sector_id,
        coalesce(candidates.intensity, 0) as intensity
    from known
    cross join sectors
    left join candidates
        on
            known.year = candidates.year
            and known.stressor_id = candidates.stressor_id
            and sectors.sector_id = candidates.sector_id
            and candidates.preference = 1

),

parts as (

    select
        impact_id,
        count(*) as stressors
    from impact_factors
    group by 1

),

-- an impact is known once all of its stressors are
of_impacts as (

    select
        of_stressors.year,
        impact_factors.impact_id as stressor_id,
        of_stressors.sector_id,
        sum(impact_factors.factor * of_stressors.intensity) as intensity
    from of_stressors
    inner join impact_factors using (stressor_id)
    inner join parts using (impact_id)
    group by 1, 2, 3
    having count(*) = max(parts.stressors)

),

intensities as (

    select
        domestic_technology.year,
        domestic_technology.stressor_id,
        'domestic_technology' as method_id,
        sectors.sector_id,
        domestic_technology.intensity
    from domestic_technology
    inner join stressors using (stressor_id)
    inner join sectors
        on domestic_technology.product_position = sectors.sector_position
    where stressors.is_mass

    union all

    select
        year,
        stressor_id,
        'user_file' as method_id,
        sector_id,
        intensity
    from of_stressors

    union all

    select
        year,
        stressor_id,
        'user_file' as method_id,
        sector_id,
        intensity
    from of_impacts

),

-- a user's file comes before the technology of the table
int_import_intensities as (

    select
        *,
        method_id = max(method_id) over (partition by year, stressor_id)
            as is_default_method
    from intensities

)

select * from int_import_intensities
