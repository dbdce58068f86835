{# Output of every producer that serves a final demand or exports, summed once:
   what an intensity has to be multiplied with. #}

with

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

int_embodied_output_totals as (

    select
        year,
        origin_id,
        sum(output) as output
    from embodied_output
    -- what serves zero outputs serves nobody
    where region_position <> -2
    group by 1, 2

)

select * from int_embodied_output_totals
