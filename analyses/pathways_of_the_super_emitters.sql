{# Who are the super-emitters, which pathway fits each, and what would it set
   free?

   One row per super-emitter of the rule in use, under the scenario with the
   largest quota.

   Run it as docs/questions.md says.
   Another year or stressor: --vars '{dataset: NAME, year: 2011}'. #}

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

    select * from {{ ref('largest_quotas') }}

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
inner join scope
    on
        emitters.year = scope.year
        and emitters.stressor_id = scope.stressor_id
inner join typology
    on
        emitters.year = typology.year
        and emitters.stressor_id = typology.stressor_id
        and emitters.region_id = typology.region_id
inner join largest
    on
        emitters.year = largest.year
        and emitters.stressor_id = largest.stressor_id
inner join quotas
    on
        emitters.year = quotas.year
        and emitters.stressor_id = quotas.stressor_id
        and largest.scenario_id = quotas.scenario_id
        and emitters.region_id = quotas.region_id
where emitters.is_default_rule and emitters.is_selected
order by emitters.emitter_rank, emitters.region_id
