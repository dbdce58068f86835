{# The cost of a charge at a border to each region that delivers;
   docs/methods.md, Charge at a border. #}

{{ config(enabled=is_chosen('analyses')) }}

with

exposure as (

    select * from {{ ref('border_exposure') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

sellers as (

    select * from {{ ref('int_border_sellers') }}

),

summed as (

    select
        exposure.year,
        exposure.stressor_id,
        exposure.charge_id,
        exposure.scope_id,
        exposure.region_id,
        exposure.net_price,
        exposure.is_default_scope,
        exposure.unit,
        exposure.region_name,
        -- which part of the exports goes to the zone is said or assumed
        max(sellers.is_share_assumed) as is_share_assumed,
        sum(exposure.deliveries) as deliveries,
        sum(exposure.charged_emissions) as charged_emissions,
        sum(exposure.charge) as charge
    from exposure
    inner join sellers using (charge_id, region_id, sector_id)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

),

border_exposure_by_region as (

    select
        summed.year,
        summed.stressor_id,
        summed.charge_id,
        summed.scope_id,
        summed.region_id,
        summed.deliveries,
        summed.charged_emissions,
        summed.charge,
        {{ safe_divide('summed.charge', 'summed.deliveries') }}
            as charge_share,
        case
            when region_years.gdp > 0 then summed.charge / region_years.gdp
        end as gdp_share,
        nullif(
            concat_ws(
                '; ',
                case
                    when summed.is_share_assumed
                        then
                            'exports without a zone_share count as delivered'
                            || ' to the zone in full: an upper bound'
                end,
                case
                    when summed.net_price = 0
                        then
                            'what is paid at home is not below the price: no'
                            || ' charge'
                end
            ),
            ''
        ) as charge_note,
        summed.is_default_scope,
        summed.unit,
        summed.region_name
    from summed
    inner join region_years using (year, region_id)

)

select * from border_exposure_by_region
