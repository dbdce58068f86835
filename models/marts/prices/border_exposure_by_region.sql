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

-- which part of the exports goes to the zone is said or assumed
charges as (

    select
        charge_id,
        max(is_share_assumed) as is_share_assumed
    from {{ ref('int_border_sellers') }}
    group by 1

),

summed as (

    select
        year,
        stressor_id,
        charge_id,
        scope_id,
        region_id,
        net_price,
        is_default_scope,
        unit,
        region_name,
        sum(deliveries) as deliveries,
        sum(charged_emissions) as charged_emissions,
        sum(charge) as charge
    from exposure
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
                    when charges.is_share_assumed
                        then
                            'all exports count as delivered to the zone, since'
                            || ' no zone_share says which part is'
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
    inner join charges using (charge_id)

)

select * from border_exposure_by_region
