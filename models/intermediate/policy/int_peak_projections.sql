{# The projected peaks of the country, and which is in use; docs/methods.md,
   Quota. One that a var names goes before the default of its stressor; others keep
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

int_peak_projections as (

    select
        projections.stressor_id,
        projections.projection_id,
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
        ) = 1 as is_in_use
    from projections
    inner join dataset using (country)

)

select * from int_peak_projections
