{# E(ri -> s,c) = f_ri X_(ri),(s,c), summed over the sectors i of a region;
   docs/methods.md, Accounts. Numbers are grouped in half the time of texts. #}

-- depends_on: {{ ref('solves') }}

with

embodied_output as (

    select * from {{ source('solve_store', 'embodied_output') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

origins as (

    select
        year,
        region_sector_id,
        stressor_id,
        unit,
        region_id,
        direct_intensity,
        dense_rank() over (order by stressor_id, region_id) as origin_number
    from intensities
    where direct_intensity <> 0

),

origin_labels as (

    select distinct
        origin_number,
        stressor_id,
        unit,
        region_id
    from origins

),

sums as (

    select
        embodied_output.year,
        origins.origin_number,
        embodied_output.region_position,
        embodied_output.category_position,
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
        origin_labels.stressor_id,
        origin_labels.unit,
        origin_labels.region_id as origin_region_id,
        labels.region_id,
        labels.category_id,
        sums.emissions
    from sums
    inner join origin_labels using (origin_number)
    inner join labels using (region_position, category_position)
    where sums.emissions <> 0

)

select * from int_embodied_emissions
