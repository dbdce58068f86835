{# Through which sectors of one region do most emissions pass, and which are key
   sectors? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

emission_linkages as (

    select * from {{ ref('emission_linkages') }}

),

sector_linkages as (

    select * from {{ ref('sector_linkages') }}

),

sectors as (

    select * from {{ ref('sectors') }}

)

select
    scope.region_name as region,
    sectors.sector_name as sector,
    emissions.transmission,
    emissions.upstream_index,
    emissions.downstream_index,
    linkages.linkage_type,
    linkages.backward_index,
    linkages.forward_index,
    emissions.sector_id
from emission_linkages as emissions
inner join scope using (year, stressor_id, region_id)
inner join sector_linkages as linkages using (year, region_id, sector_id)
inner join sectors using (sector_id)
order by emissions.transmission desc, emissions.sector_id asc
