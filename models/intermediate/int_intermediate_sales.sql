{# The only scan of the transactions in SQL: the largest table by far. #}

with

transactions as (

    select * from {{ ref('stg_transactions') }}

),

int_intermediate_sales as (

    select
        year,
        origin_id as region_sector_id,
        sum(amount) as amount
    from transactions
    group by 1, 2

)

select * from int_intermediate_sales
