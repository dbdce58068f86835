{# Value added that each region earns with its exports, without counting a good
   twice; docs/methods.md, Value added in exports. Off unless the var
   `exported_value_added` asks for it: a column of the solve for each region. #}

{{ config(
    enabled=is_chosen('analyses') and is_chosen('exported_value_added')
) }}

-- depends_on: {{ ref('solves') }}

with

exported_output as (

    select * from {{ source('solve_store', 'exported_output') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

value_added_years as (

    select * from {{ ref('int_value_added_years') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

exports as (

    select
        exported.year,
        intensities.region_id,
        sum(exported.exports) as gross_exports,
        sum(intensities.direct_intensity * exported.own_chain_output)
            as domestic_value_added,
        sum(intensities.direct_intensity * exported.output)
            as value_added_with_returns
    from exported_output as exported
    inner join intensities using (year, region_sector_id)
    inner join value_added_years using (year)
    where intensities.stressor_id = 'value_added'
    group by 1, 2

),

value_added_in_exports as (

    select
        exports.year,
        exports.region_id,
        accounts.region_name,
        exports.gross_exports,
        exports.domestic_value_added,
        accounts.outflow_emissions + accounts.export_emissions
            as value_added_absorbed_elsewhere,
        exports.domestic_value_added
        - accounts.outflow_emissions
        - accounts.export_emissions as reflected,
        exports.value_added_with_returns - exports.domestic_value_added
            as domestic_double_counted,
        exports.gross_exports - exports.value_added_with_returns
            as content_from_elsewhere
    from exports
    inner join accounts using (year, region_id)
    where accounts.stressor_id = 'value_added'

)

select * from value_added_in_exports
