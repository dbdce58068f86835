{# The projected peak in use, of those of the country; docs/methods.md, Quota.
   One that a var names goes before the default of its stressor; others keep
   theirs. #}

{%- set peak_projection = "'"
    ~ (chosen_var('peak_projection') or '') | string | replace("'", "''")
    ~ "'" %}

with

projections as (

    select * from {{ ref('peak_projections') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

country_projections as (

    select
        projections.projection_id,
        projections.stressor_id,
        projections.peak_year,
        projections.emissions,
        row_number() over (
            partition by projections.stressor_id
            order by
                case
                    when projections.projection_id = {{ peak_projection }}
                        then 0
                    when projections.is_default then 1
                    else 2
                end
        ) as preference
    from projections
    inner join dataset using (country)

),

int_peak_projections as (

    select
        stressor_id,
        projection_id,
        peak_year,
        emissions
    from country_projections
    where preference = 1

)

select * from int_peak_projections
