{# Output is the row sum: intermediate sales, final demand and exports. A column
   so small that dividing by it means nothing is a zero output: small beside the
   median, beside its region's largest, or beside what the row delivers;
   docs/methods.md, Accounts. Its twin in Python is leontief.is_zero_output. #}

with

region_sectors as (

    select * from {{ source('ingested', 'region_sectors') }}

),

intermediate_sales as (

    select * from {{ ref('stg_intermediate_sales') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

exports as (

    select * from {{ ref('stg_exports') }}

),

-- as in int_years, which the solve need not wait for
years as (

    select distinct year
    from intermediate_sales

),

final_sales as (

    select
        year,
        origin_id as region_sector_id,
        sum(amount) as amount,
        sum(abs(amount)) as absolute_amount
    from final_demand
    group by 1, 2

),

sector_output as (

    select
        years.year,
        region_sectors.region_sector_id,
        region_sectors.region_id,
        region_sectors.sector_id,
        coalesce(intermediate_sales.amount, 0)
        + coalesce(final_sales.amount, 0)
        + coalesce(exports.amount, 0) as output,
        coalesce(intermediate_sales.absolute_amount, 0)
        + coalesce(final_sales.absolute_amount, 0)
        + abs(coalesce(exports.amount, 0)) as deliveries
    from years
    cross join region_sectors
    left join intermediate_sales using (year, region_sector_id)
    left join final_sales using (year, region_sector_id)
    left join exports using (year, region_sector_id)

),

typical_output as (

    select
        year,
        percentile_cont(0.5) within group (order by output) as median_output
    from sector_output
    where output > 0
    group by 1

),

largest_output as (

    select
        year,
        region_id,
        max(output) as largest_output
    from sector_output
    group by 1, 2

),

int_sector_output as (

    select
        sector_output.year,
        sector_output.region_sector_id,
        sector_output.region_id,
        sector_output.sector_id,
        sector_output.output,
        abs(sector_output.output) <= greatest(
            -- a year without any positive output has no median
            cast(1e-9 as double) * coalesce(typical_output.median_output, 0),
            cast(1e-9 as double) * largest_output.largest_output,
            cast(1e-6 as double) * sector_output.deliveries
        ) as is_zero_output
    from sector_output
    inner join largest_output using (year, region_id)
    left join typical_output using (year)

)

select * from int_sector_output
