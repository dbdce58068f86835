{# A run of some models reads the tables that are there. If it asks for another
   rule, share or income year than those tables were built with, it stops, because
   its choice would have no effect. Leaving a var out asks for the default. #}

{%- set receivers_share = chosen_var('receivers_share') %}
{%- set income_year = chosen_var('income_year') %}

with

rules as (

    select * from {{ ref('super_emitter_rules') }}

),

parameters as (

    select * from {{ ref('policy_parameters') }}

),

summaries as (

    select * from {{ ref('quota_summary') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

asked as (

    select
        rules.rule_id,
        {% if receivers_share is none -%}
            parameters.value as receivers_share,
        {%- else -%}
            cast({{ receivers_share | float }} as double) as receivers_share,
        {%- endif %}
        cast(
            {{ 'null' if income_year is none else income_year | int }}
            as integer
        ) as income_year
    from rules
    cross join parameters
    where
        {{ is_in_use(
            'rules.rule_id', 'rules.is_default', 'super_emitter_rule'
        ) }}
        and parameters.parameter_id = 'receivers_share'

)

select
    error(
        'the tables were built with super_emitter_rule '
        || choices.rule_id || ', receivers_share '
        || cast(choices.receivers_share as varchar) || ', income_year '
        || coalesce(cast(choices.income_year as varchar), 'the nearest')
        || '; this run asks for ' || asked.rule_id || ', '
        || cast(asked.receivers_share as varchar) || ', '
        || coalesce(cast(asked.income_year as varchar), 'the nearest')
        || '. Give the vars that they were built with, or build the whole'
        || ' policy part with those of this run: dbt build --selector policy'
        || ' --vars '
        || {{ quoted_text("'dataset: " ~ target.database ~ "'") }}
    ) as problem
from asked
cross join choices
where
    asked.rule_id <> choices.rule_id
    or asked.receivers_share <> choices.receivers_share
    or asked.income_year is distinct from choices.income_year

union all

select 'quota_summary names other choices' as problem
from summaries
cross join choices
where
    summaries.rule_id <> choices.rule_id
    or summaries.receivers_share <> choices.receivers_share
having count(*) > 0
