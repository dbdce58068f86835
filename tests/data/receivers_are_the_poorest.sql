{# Receivers are no super-emitters, none is richer than one left out, and they
   hold the receivers' share of all people, or all are receivers who could be;
   without the last one they would not. #}

with

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

receivers as (

    select * from {{ ref('int_quota_receivers') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

regions as (

    select
        super_emitters.year,
        super_emitters.stressor_id,
        super_emitters.rule_id,
        super_emitters.is_selected,
        receivers.region_id is not null as is_receiver,
        receivers.poverty_order,
        accounts.population,
        accounts.gdp / nullif(accounts.population, 0) as income
    from super_emitters
    inner join accounts using (year, stressor_id, region_id)
    left join receivers using (year, stressor_id, rule_id, region_id)

),

placed as (

    select
        *,
        max(poverty_order) over (
            partition by year, stressor_id, rule_id
        ) as last_position
    from regions

),

summed as (

    select
        year,
        stressor_id,
        rule_id,
        sum(population) as people,
        sum(case when is_receiver then population else 0 end) as received,
        sum(
            case
                when is_receiver and poverty_order < last_position
                    then population
                else 0
            end
        ) as received_before_the_last,
        sum(case when is_receiver and is_selected then 1 else 0 end)
            as super_emitters_that_receive,
        sum(case when not is_receiver and not is_selected then 1 else 0 end)
            as left_out,
        max(case when is_receiver then income end) as richest_receiver,
        min(case when not is_receiver and not is_selected then income end)
            as poorest_left_out
    from placed
    group by 1, 2, 3

)

select
    summed.*,
    choices.receivers_share
from summed
cross join choices
where
    summed.super_emitters_that_receive > 0
    or summed.richest_receiver > summed.poorest_left_out
    or (
        summed.left_out > 0
        and summed.received
        < choices.receivers_share * summed.people * (1 - cast(1e-12 as double))
    )
    or (
        summed.received > 0
        and summed.received_before_the_last
        >= choices.receivers_share * summed.people
    )
