with

intermediate_sales as (

    select * from {{ ref('stg_intermediate_sales') }}

),

int_years as (

    select distinct
        year,
        make_date(year, 1, 1) as year_start
    from intermediate_sales

)

select * from int_years
