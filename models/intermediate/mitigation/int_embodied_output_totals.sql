{# Output of every producer that serves a final demand or a delivery abroad,
   summed once: what an intensity has to be multiplied with. #}

with

embodied_output as (

    select * from {{ ref('embodied_output') }}

),

int_embodied_output_totals as (

    select
        year,
        origin_id,
        sum(output) as output
    from embodied_output
    where region_id <> 'UNATTRIBUTED'
    group by 1, 2

)

select * from int_embodied_output_totals
