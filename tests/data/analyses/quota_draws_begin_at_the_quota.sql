{# What is drawn is the quota of quota_summary: without an error it comes to the
   same, for every shipped scenario and rule. Tolerance: 1e-9 of the year's
   emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

with

quota_draws as (

    select * from {{ ref('quota_draws') }}

),

summaries as (

    select * from {{ ref('quota_summary') }}

),

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rules as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

totals as (

    select
        year,
        stressor_id,
        sum(abs(production_emissions)) as emissions
    from accounts
    group by 1, 2

),

drawn as (

    select count(*) as draws
    from quota_draws

),

-- a build that draws does so wherever there is a ranked region
cases as (

    select distinct
        super_emitters.year,
        super_emitters.stressor_id
    from super_emitters
    cross join drawn
    where drawn.draws > 0

),

wanted as (

    select
        summaries.year,
        summaries.stressor_id,
        summaries.scenario_id,
        rules.uncertainty_rule,
        summaries.quota,
        totals.emissions
    from summaries
    inner join cases using (year, stressor_id)
    inner join totals using (year, stressor_id)
    cross join rules
    where not summaries.is_user_scenario

),

compared as (

    select
        wanted.year,
        wanted.stressor_id,
        wanted.scenario_id,
        wanted.uncertainty_rule,
        wanted.quota,
        quota_draws.undrawn,
        wanted.emissions
    from wanted
    left join quota_draws
        using (year, stressor_id, scenario_id, uncertainty_rule)

)

select * from compared
where
    not coalesce(
        abs(undrawn - quota) <= cast(1e-9 as double) * emissions, false
    )
