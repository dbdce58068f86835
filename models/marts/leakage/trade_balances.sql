{# What a region emits for others and has emitted for itself elsewhere, beside
   what both sides earn; docs/methods.md, Trade. Exports stay out,
   because purchases from outside the table are not in a footprint either. #}

-- depends_on: {{ ref('solves') }}

with

regional_accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

value_added_years as (

    select * from {{ ref('int_value_added_years') }}

),

intermediate_trade as (

    select * from {{ source('solve_store', 'intermediate_trade') }}

),

regions as (

    select * from {{ ref('regions') }}

),

products as (

    select * from {{ all_bought_products() }}

),

value_added as (

    select
        regional_accounts.year,
        regional_accounts.region_id,
        regional_accounts.outflow_emissions as earned,
        regional_accounts.inflow_emissions as paid
    from regional_accounts
    inner join value_added_years using (year)
    where regional_accounts.stressor_id = 'value_added'

),

-- what crosses a border, for producers and for final users, and what was
-- emitted to make it, all its suppliers included
gross_trade as (

    select
        trade.year,
        trade.stressor_id,
        origins.region_id as origin_region_id,
        destinations.region_id as destination_region_id,
        trade.amount,
        trade.embodied
    from intermediate_trade as trade
    inner join regions as origins
        on trade.origin_position = origins.region_position
    inner join regions as destinations
        on trade.destination_position = destinations.region_position

    union all

    select
        year,
        stressor_id,
        product_region_id as origin_region_id,
        region_id as destination_region_id,
        sum(expenditure) as amount,
        sum(emissions) as embodied
    from products
    where product_region_id <> region_id
    group by 1, 2, 3, 4

),

sales as (

    select
        year,
        stressor_id,
        origin_region_id as region_id,
        {{ safe_divide('sum(embodied)', 'sum(amount)') }} as intensity
    from gross_trade
    group by 1, 2, 3

),

purchases as (

    select
        year,
        stressor_id,
        destination_region_id as region_id,
        {{ safe_divide('sum(embodied)', 'sum(amount)') }} as intensity
    from gross_trade
    group by 1, 2, 3

),

balances as (

    select
        regional_accounts.year,
        regional_accounts.stressor_id,
        regional_accounts.region_id,
        regional_accounts.region_name,
        regional_accounts.outflow_emissions,
        regional_accounts.inflow_emissions,
        regional_accounts.net_transfer,
        value_added.earned as outflow_value_added,
        value_added.paid as inflow_value_added,
        value_added.earned - value_added.paid as net_value_added_transfer,
        {{ safe_divide('sales.intensity', 'purchases.intensity') }}
            as terms_of_trade_gross
    from regional_accounts
    inner join stressors using (stressor_id)
    left join value_added using (year, region_id)
    left join sales using (year, stressor_id, region_id)
    left join purchases using (year, stressor_id, region_id)
    where stressors.is_mass

),

trade_balances as (

    select
        *,
        {{ safe_divide(
            safe_divide('outflow_emissions', 'outflow_value_added'),
            safe_divide('inflow_emissions', 'inflow_value_added')
        ) }} as terms_of_trade,
        -- zero counts as importer and as loser
        case
            when net_transfer > 0 and net_value_added_transfer > 0
                then 'exporter_gainer'
            when net_transfer > 0 and net_value_added_transfer <= 0
                then 'exporter_loser'
            when net_transfer <= 0 and net_value_added_transfer > 0
                then 'importer_gainer'
            when net_transfer <= 0 and net_value_added_transfer <= 0
                then 'importer_loser'
        end as quadrant,
        't' as unit
    from balances

)

select * from trade_balances
