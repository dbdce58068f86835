{# Investments of each region and their footprint: the mix of products that
   replaces its capital. A region whose purchases are not positive, or cancel to
   a billionth, has no mix. #}

{{ config(enabled=is_chosen('analyses') and is_chosen('capital')) }}

with

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

purchases as (

    select
        final_demand.year,
        final_demand.region_id,
        sum(final_demand.amount) as amount,
        sum(abs(final_demand.amount)) as absolute_amount
    from final_demand
    inner join categories using (category_id)
    where categories.category_group = 'investment'
    group by 1, 2

),

int_investments as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        purchases.amount,
        accounts.investment_footprint
    from accounts
    inner join stressors using (stressor_id)
    inner join purchases using (year, region_id)
    where
        stressors.is_mass
        and purchases.amount
        > cast(1e-9 as double) * purchases.absolute_amount

)

select * from int_investments
