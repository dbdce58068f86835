{# Which regions sell more carbon per unit of value added than they buy? #}

with

scope as (

    {{ analysis_scope() }}

),

balances as (

    select * from {{ ref('trade_balances') }}

),

regions as (

    select * from {{ ref('regions') }}

),

dataset as (

    select * from {{ ref('dataset') }}

)

select
    regions.region_name,
    case
        when regions.is_ranked then dataset.region_noun
        else replace(regions.region_type, '_', ' ')
    end as region_noun,
    balances.terms_of_trade,
    balances.terms_of_trade_gross,
    balances.quadrant,
    balances.net_transfer,
    balances.net_value_added_transfer,
    {{ safe_divide(
        'balances.outflow_emissions', 'balances.outflow_value_added'
    ) }} as emissions_per_value_added_sold,
    {{ safe_divide(
        'balances.inflow_emissions', 'balances.inflow_value_added'
    ) }} as emissions_per_value_added_bought
from balances
inner join regions using (region_id)
inner join scope using (year, stressor_id)
cross join dataset
order by balances.terms_of_trade desc nulls last, regions.region_id asc
