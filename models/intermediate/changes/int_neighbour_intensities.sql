{# Followed by the solve of a year besides its own emissions: intensities of
   the year before and of the year after, in money of this year. #}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

prices as (

    select * from {{ ref('int_prices') }}

),

neighbours as (

    select
        year,
        base_year as intensity_year
    from pairs

    union all

    select
        base_year as year,
        year as intensity_year
    from pairs

),

int_neighbour_intensities as (

    select
        neighbours.year,
        neighbours.intensity_year,
        intensities.stressor_id,
        intensities.region_sector_id,
        intensities.direct_intensity
        * prices_then.price_index / prices.price_index as direct_intensity
    from neighbours
    inner join intensities
        on neighbours.intensity_year = intensities.year
    inner join prices as prices_then
        on
            neighbours.intensity_year = prices_then.year
            and intensities.region_sector_id = prices_then.region_sector_id
    inner join prices
        on
            neighbours.year = prices.year
            and intensities.region_sector_id = prices.region_sector_id
    where intensities.unit = 't'

)

select * from int_neighbour_intensities
