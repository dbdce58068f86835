{# No footprint is above all emissions of the year, and none is below zero, but
   for what negative deliveries carry: stocks that fall, an output below zero.
   What they carry is at most as much as all emissions. More of it is the mark of
   an output that is rounding alone, through which emissions go round a million
   times. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

products as (

    select * from {{ all_bought_products() }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

amounts as (

    select
        year,
        stressor_id,
        abs(emissions) as amount,
        cast(0 as double) as negative
    from intensities

    union all

    select
        year,
        stressor_id,
        abs(emissions) as amount,
        greatest(-emissions, 0) as negative
    from direct_emissions

    union all

    select
        year,
        stressor_id,
        0 as amount,
        greatest(-emissions, 0) as negative
    from products

    union all

    select
        year,
        stressor_id,
        0 as amount,
        greatest(-export_emissions, 0) + greatest(-unattributed_emissions, 0)
            as negative
    from accounts

),

totals as (

    select
        year,
        stressor_id,
        sum(amount) as emissions,
        least(sum(negative), sum(amount)) as negative
    from amounts
    group by 1, 2

),

bounds as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.consumption_footprint,
        -totals.negative - cast(1e-9 as double) * totals.emissions as lowest,
        totals.emissions * (1 + cast(1e-9 as double)) + totals.negative
            as highest
    from accounts
    inner join totals using (year, stressor_id)

)

select * from bounds
where not coalesce(
    consumption_footprint >= lowest and consumption_footprint <= highest, false
)
