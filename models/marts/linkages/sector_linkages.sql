{# Output that hangs on a sector's purchases and on its sales;
   docs/methods.md, Linkages. Only where there is an output to divide by. #}

{{ config(enabled=is_chosen('analyses')) }}

with

multipliers as (

    select * from {{ ref('output_multipliers') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

regions as (

    select * from {{ ref('regions') }}

),

indices as (

    select
        multipliers.year,
        sector_output.region_id,
        sector_output.sector_id,
        multipliers.direct_backward,
        multipliers.direct_forward,
        multipliers.backward,
        multipliers.forward,
        -- the store may have it of an earlier build
        {{ 'multipliers.backward_within_region' if is_chosen('by_origin')
            else 'cast(null as double)' }} as backward_within_region,
        {{ safe_divide(
            'multipliers.backward',
            'avg(multipliers.backward) over (partition by multipliers.year)'
        ) }} as backward_index,
        {{ safe_divide(
            'multipliers.forward',
            'avg(multipliers.forward) over (partition by multipliers.year)'
        ) }} as forward_index
    from multipliers
    inner join sector_output using (year, region_sector_id)
    where not sector_output.is_zero_output

),

sector_linkages as (

    select
        indices.*,
        case
            when indices.backward_index > 1 and indices.forward_index > 1
                then 'key'
            when indices.backward_index > 1 then 'backward'
            when indices.forward_index > 1 then 'forward'
            else 'weak'
        end as linkage_type,
        regions.region_name
    from indices
    inner join regions using (region_id)

)

select * from sector_linkages
