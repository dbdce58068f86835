{# What was chosen for the policy tables, by var or by the seeds. The one model
   that reads these vars: a run of some models only stands on the choices of the
   tables that it builds upon, and stops if it asks for others. #}

{%- set receivers_share = chosen_var('receivers_share') %}
{%- set income_year = chosen_var('income_year') %}

with

rules as (

    select * from {{ ref('super_emitter_rules') }}

),

parameters as (

    select * from {{ ref('policy_parameters') }}

),

int_policy_choices as (

    select
        rules.rule_id,
        {% if receivers_share is none -%}
            parameters.value as receivers_share
        {%- else -%}
            cast({{ receivers_share | float }} as double) as receivers_share
        {%- endif %},
        -- none asked for: then each year of data has its nearest
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

select * from int_policy_choices
