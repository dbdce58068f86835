{# Nothing is lost: what came in is attributed, exported, direct or named as
   unattributed; docs/methods.md, Accounts. #}

with

emissions_in as (

    select * from {{ ref('int_reported_emissions') }}

),

regional_accounts as (

    select * from {{ ref('regional_accounts') }}

),

accounted as (

    select
        year,
        stressor_id,
        sum(local_emissions + inflow_emissions) as attributed_to_consumption,
        sum(export_emissions) as attributed_to_exports,
        sum(direct_emissions) as direct_emissions,
        sum(unattributed_emissions) as unattributed
    from regional_accounts
    group by 1, 2

),

residuals as (

    select
        emissions_in.year,
        emissions_in.stressor_id,
        emissions_in.unit,
        emissions_in.emissions_in,
        accounted.attributed_to_consumption,
        accounted.attributed_to_exports,
        accounted.direct_emissions,
        accounted.unattributed,
        emissions_in.emissions_in
        - accounted.attributed_to_consumption
        - accounted.attributed_to_exports
        - accounted.direct_emissions
        - accounted.unattributed as residual
    from emissions_in
    left join accounted using (year, stressor_id)

),

relative as (

    select
        year,
        stressor_id,
        unit,
        emissions_in,
        attributed_to_consumption,
        attributed_to_exports,
        direct_emissions,
        unattributed,
        residual,
        case
            when emissions_in = 0 then 0
            else {{ safe_divide('abs(residual)', 'abs(emissions_in)') }}
        end as relative_residual
    from residuals

),

reconciliation as (

    select
        year,
        stressor_id,
        emissions_in,
        attributed_to_consumption,
        attributed_to_exports,
        direct_emissions,
        unattributed,
        residual,
        relative_residual,
        relative_residual <= cast(1e-9 as double) as is_closed,
        unit
    from relative

)

select * from reconciliation
