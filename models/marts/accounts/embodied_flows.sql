{# Where the emissions of a region end up, by category of final demand;
   docs/methods.md, Accounts. Direct emissions of final users flow nowhere. #}

with

embodied_emissions as (

    select * from {{ ref('int_embodied_emissions') }}

),

regions as (

    select * from {{ ref('regions') }}

),

embodied_flows as (

    select
        embodied.year,
        embodied.stressor_id,
        embodied.origin_region_id,
        embodied.region_id as destination_region_id,
        embodied.category_id,
        embodied.emissions,
        embodied.unit,
        origins.region_name as origin_region_name,
        case
            when embodied.region_id = 'EXPORT' then 'outside the table'
            else destinations.region_name
        end as destination_region_name
    from embodied_emissions as embodied
    inner join regions as origins
        on embodied.origin_region_id = origins.region_id
    left join regions as destinations
        on embodied.region_id = destinations.region_id
    where embodied.region_id <> 'UNATTRIBUTED'

)

select * from embodied_flows
