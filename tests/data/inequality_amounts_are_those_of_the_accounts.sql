{# Inequality counts its amounts from the solution by itself; they are those of
   regional_accounts, within 1e-9 of the total. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

curve as (

    select * from {{ ref('lorenz_curve') }}

),

amounts as (

    select
        curve.year,
        curve.stressor_id,
        curve.measure,
        curve.region_id,
        curve.amount,
        case curve.measure
            when 'consumption_footprint' then accounts.consumption_footprint
            when 'production_emissions' then accounts.production_emissions
            when 'gdp' then accounts.gdp
        end as account_amount,
        sum(abs(curve.amount)) over (
            partition by curve.year, curve.stressor_id, curve.measure
        ) as total
    from curve
    left join accounts
        on
            curve.year = accounts.year
            and curve.stressor_id = accounts.stressor_id
            and curve.region_id = accounts.region_id
    where curve.measure <> 'household_footprint'

)

select * from amounts
where
    account_amount is null
    or abs(amount - account_amount) > 1e-9 * total
