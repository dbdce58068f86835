{# A region's three scopes are its consumers' chains, its customers' chains, and
   what is nobody's. Where producers of a year buy, make and emit nothing
   negative, what is emitted elsewhere is at most what purchases from elsewhere
   embody, those that give goods back left out. Where final demand is not
   negative either, nothing passes through backwards, and electricity from
   elsewhere is a part of it. Tolerance: 1e-9 of all emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

with

three_scopes as (

    select * from {{ ref('three_scopes') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

reported as (

    select * from {{ ref('int_reported_emissions') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

intermediate_sales as (

    select * from {{ ref('stg_intermediate_sales') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

exports as (

    select * from {{ ref('stg_exports') }}

),

intermediate_trade as (

    select * from {{ source('solve_store', 'intermediate_trade') }}

),

regions as (

    select * from {{ ref('stg_regions') }}

),

products as (

    select * from {{ all_bought_products() }}

),

-- a sum of rows that is less than that of what is positive or not
years_of_producers as (

    select year
    from intermediate_sales
    where amount < absolute_amount * (1 - cast(1e-12 as double))

    union all

    select intensities.year
    from intensities
    inner join {{ ref('stressors') }} as stressors using (stressor_id)
    where
        stressors.is_mass
        and not intensities.is_zero_output
        and (intensities.emissions < 0 or intensities.output < 0)

),

years_of_users as (

    select year
    from final_demand
    where amount < 0

    union all

    select year
    from exports
    where amount < 0

),

bought as (

    select
        trade.year,
        trade.stressor_id,
        regions.region_id,
        trade.embodied
    from intermediate_trade as trade
    inner join regions
        on trade.destination_position = regions.region_position

    union all

    select
        year,
        stressor_id,
        region_id,
        greatest(emissions, 0) as embodied
    from products
    where product_region_id <> region_id

),

bounds as (

    select
        year,
        stressor_id,
        region_id,
        sum(embodied) as bound
    from bought
    group by 1, 2, 3

),

compared as (

    select
        scopes.*,
        accounts.production_emissions,
        accounts.consumption_footprint
        + scopes.embodied_in_deliveries
        + accounts.unattributed_emissions as chains,
        scopes.for_own_final_demand + scopes.passing_through as elsewhere,
        coalesce(bounds.bound, 0) as bound,
        scopes.year in (select years_of_producers.year from years_of_producers)
            as has_negative_producers,
        scopes.year in (select years_of_users.year from years_of_users)
            as has_negative_users,
        abs(reported.emissions_in) * cast(1e-9 as double) as tolerance
    from three_scopes as scopes
    inner join accounts using (year, stressor_id, region_id)
    inner join reported using (year, stressor_id)
    left join bounds using (year, stressor_id, region_id)

)

select * from compared
where
    scope_note is null
    and not coalesce(
        scope_1 = production_emissions
        and abs(three_scope_total - chains) <= tolerance
        and abs(three_scope_total - scope_1 - coalesce(scope_2, 0) - scope_3)
        <= tolerance
        and (
            has_negative_producers
            or (
                elsewhere <= bound + tolerance
                and (
                    has_negative_users
                    or (
                        passing_through >= -tolerance
                        and scope_3 >= -tolerance
                        and coalesce(scope_2, 0) >= 0
                    )
                )
            )
        ), false
    )
