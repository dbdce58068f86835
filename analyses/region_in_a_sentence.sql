{# What is there to say of one region? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

sentences as (

    select * from {{ ref('region_sentences') }}

),

stressors as (

    select * from {{ ref('stressors') }}

)

select
    scope.region_name as region,
    sentences.sentence,
    sentences.licence,
    accounts.consumption_footprint,
    accounts.footprint_per_capita,
    accounts.inflow_emissions,
    accounts.production_emissions,
    stressors.unit,
    case
        when sentences.region_id is null
            then 'no sentence: these are about emissions that are a mass'
    end as not_answered
from scope
inner join accounts using (year, stressor_id, region_id)
inner join stressors using (stressor_id)
left join sentences using (year, stressor_id, region_id)
