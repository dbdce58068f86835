{# In which regions would people have more if all that is borne of a carbon
   price were shared out in equal parts? #}

with

scope as (

    {{ analysis_scope() }}

),

summary as (

    select * from {{ ref('carbon_price_summary') }}

),

burdens as (

    select * from {{ ref('carbon_price_burden') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

shared_out as (

    select
        summary.year,
        summary.stressor_id,
        burdens.region_id,
        burdens.region_name,
        accounts.population,
        burdens.burden_per_capita,
        summary.dividend_per_capita,
        burdens.net_gain / nullif(accounts.population, 0)
            as net_gain_per_capita,
        burdens.net_gain,
        summary.winners_population_share
    from summary
    inner join burdens using (year, stressor_id, price_id)
    inner join accounts using (year, stressor_id, region_id)
    where summary.is_default and burdens.net_gain is not null

)

select
    shared_out.region_name,
    shared_out.population,
    shared_out.burden_per_capita,
    shared_out.dividend_per_capita,
    shared_out.net_gain_per_capita,
    shared_out.net_gain,
    shared_out.winners_population_share,
    case
        when shared_out.region_id is null
            then
                'no price: ' || scope.stressor_id
                || ' has none, as co2 and impacts have, or no region is ranked'
    end as not_answered
from scope
left join shared_out using (year, stressor_id)
order by
    shared_out.net_gain_per_capita desc nulls last,
    shared_out.region_id asc
