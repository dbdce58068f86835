{# Who are the super-emitters, which pathway fits each, and how much would it
   avoid? #}

with

scope as (

    {{ analysis_scope() }}

),

emitters as (

    select * from {{ ref('super_emitters') }}

),

typology as (

    select * from {{ ref('mitigation_typology') }}

),

largest as (

    select * from {{ ref('quota_summary') }}
    where is_largest

),

quotas as (

    select * from {{ ref('quota_by_region') }}

)

select
    emitters.emitter_rank,
    emitters.region_name,
    typology.affluence,
    typology.industry_type,
    typology.supply_chain_role,
    typology.pathway_id,
    emitters.measure_value as footprint,
    quotas.producer_quota,
    quotas.consumer_quota,
    quotas.quota,
    quotas.scenario_id
from emitters
inner join typology using (year, stressor_id, region_id)
inner join largest using (year, stressor_id)
inner join quotas using (year, stressor_id, scenario_id, region_id)
inner join scope using (year, stressor_id)
where emitters.is_default_rule and emitters.is_selected
order by emitters.emitter_rank, emitters.region_id
