{# Capital of each region that is used up for final demand: c L Y. Investments
   are final demand too, so this is also what replaces it. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

consumption as (

    select * from {{ ref('int_capital_consumption') }}

),

embodied_output as (

    select * from {{ ref('embodied_output_by_position') }}

),

labels as (

    select * from {{ ref('demand_labels') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

sums as (

    select
        embodied_output.year,
        consumption.region_id,
        embodied_output.region_position,
        embodied_output.category_position,
        sum(consumption.per_output * embodied_output.output) as amount
    from embodied_output
    inner join consumption
        on
            embodied_output.year = consumption.year
            and embodied_output.origin_id = consumption.region_sector_id
    group by 1, 2, 3, 4

),

int_embodied_capital as (

    select
        sums.year,
        sums.region_id,
        labels.region_id as destination_region_id,
        coalesce(categories.category_group, labels.category_id)
            as category_group,
        sum(sums.amount) as amount
    from sums
    inner join labels using (region_position, category_position)
    left join categories using (category_id)
    group by 1, 2, 3, 4

)

select * from int_embodied_capital
