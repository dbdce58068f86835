{# Spending of final users, in the table's own prices. #}

{{ config(enabled=is_chosen('analyses')) }}

with

final_demand as (

    select
        year,
        region_id,
        category_id,
        sum(amount) as amount
    from {{ ref('stg_final_demand') }}
    group by 1, 2, 3

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

int_spending as (

    select
        final_demand.year,
        final_demand.region_id,
        sum(final_demand.amount) as spending,
        sum(
            case
                when categories.category_group = 'household'
                    then final_demand.amount
                else 0
            end
        ) as household_spending
    from final_demand
    inner join categories using (category_id)
    group by 1, 2

)

select * from int_spending
