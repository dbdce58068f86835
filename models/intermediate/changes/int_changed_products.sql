{# The purchases of a region by product in the two years of a pair, and the
   emissions behind it by the intensities and the technology of either year. A
   product and a region whose purchases cancel cannot be split into a mix: they
   are other demand, like inventories. #}

{#- intensities and technology of the two years; 2 is the step of technology
    that the use of inputs makes -#}
{%- set states = ['00', '01', '10', '11'] + (
    ['02', '12'] if is_chosen('technology_split') else []
) %}

{{ config(enabled=is_chosen('analyses'), tags=['analyses']) }}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

prices as (

    select * from {{ ref('int_prices') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

mixed_intensities as (

    select * from {{ ref('mixed_intensities') }}

),

input_use_intensities as (

    select * from {{ ref('input_use_intensities') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

-- emissions of a year and of its neighbours along the chains of this year
intensities as (

    select
        total_intensities.year,
        total_intensities.year as intensity_year,
        total_intensities.stressor_id,
        total_intensities.region_sector_id,
        total_intensities.total_intensity as intensity,
        false as is_step
    from total_intensities
    inner join stressors using (stressor_id)
    where stressors.is_mass

    union all

    select
        year,
        intensity_year,
        stressor_id,
        region_sector_id,
        intensity,
        false as is_step
    from mixed_intensities

    union all

    select
        year,
        intensity_year,
        stressor_id,
        region_sector_id,
        intensity,
        true as is_step
    from input_use_intensities

),

-- 01: intensities of the base year, technology of the year
intensities_of_pairs as (

    select
        pairs.year,
        pairs.base_year,
        intensities.stressor_id,
        intensities.region_sector_id,
        prices.sector_id,
    {% for state in states %}
        sum(
            case
                when
                    intensities.intensity_year
                    = pairs.{{ 'year' if state[0] == '1' else 'base_year' }}
                    and intensities.year
                    = pairs.{{ 'base_year' if state[1] == '0' else 'year' }}
                    and {{ 'not ' if state[1] != '2' -}} intensities.is_step
                    then intensities.intensity * prices.price_index
            end
        ) as intensity_{{ state }}{{ "," if not loop.last }}
    {% endfor %}
    from pairs
    inner join intensities
        on
            intensities.year in (pairs.year, pairs.base_year)
            and intensities.intensity_year in (pairs.year, pairs.base_year)
    inner join prices
        on
            intensities.year = prices.year
            and intensities.region_sector_id = prices.region_sector_id
    group by 1, 2, 3, 4, 5

),

-- at the prices of the index; what cancels is looked for cell by cell
purchases as (

    select
        final_demand.year,
        final_demand.region_id,
        final_demand.origin_id as region_sector_id,
        categories.category_group = 'inventory' as is_inventory,
        sum(final_demand.amount / prices.price_index) as amount,
        sum(abs(final_demand.amount / prices.price_index)) as absolute_amount
    from final_demand
    inner join prices
        on
            final_demand.year = prices.year
            and final_demand.origin_id = prices.region_sector_id
    inner join categories using (category_id)
    where final_demand.amount <> 0
    group by 1, 2, 3, 4

),

products as (

    select
        intensities.year,
        intensities.base_year,
        intensities.stressor_id,
        purchases.region_id,
        intensities.sector_id,
        purchases.is_inventory,
        case when purchases.year = intensities.year then 1 else 0 end
            as demand_state,
        sum(purchases.amount) as amount,
        sum(purchases.absolute_amount) as absolute_amount,
    {% for state in states %}
        sum(purchases.amount * intensities.intensity_{{ state }})
            as emissions_{{ state }}{{ "," if not loop.last }}
    {% endfor %}
    from intensities_of_pairs as intensities
    inner join purchases
        on
            intensities.region_sector_id = purchases.region_sector_id
            and purchases.year in (intensities.year, intensities.base_year)
    group by 1, 2, 3, 4, 5, 6, 7

),

of_products as (

    select
        *,
        not is_inventory
        and min(
            case
                when abs(amount) > cast(1e-9 as double) * absolute_amount then 1
                else 0
            end
        ) over (
            partition by
                year, base_year, stressor_id, region_id, sector_id, is_inventory
        ) = 1 as has_sum
    from products

),

regions as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        demand_state,
        sum(amount) as regular_demand,
        sum(absolute_amount) as absolute_demand
    from of_products
    where has_sum
    group by 1, 2, 3, 4, 5

),

of_regions as (

    select
        *,
        count(*) over (
            partition by year, base_year, stressor_id, region_id
        ) = 2
        and min(
            case
                when
                    abs(regular_demand)
                    > cast(1e-9 as double) * absolute_demand
                    then 1
                else 0
            end
        ) over (partition by year, base_year, stressor_id, region_id) = 1
            as has_sum
    from regions

),

int_changed_products as (

    select
        of_products.year,
        of_products.base_year,
        of_products.stressor_id,
        of_products.region_id,
        of_products.sector_id,
        of_products.demand_state,
        of_products.has_sum and coalesce(of_regions.has_sum, false)
            as is_regular,
        of_products.amount,
        of_regions.regular_demand,
    {% for state in states %}
        of_products.emissions_{{ state }}{{ "," if not loop.last }}
    {% endfor %}
    from of_products
    left join of_regions
        using (year, base_year, stressor_id, region_id, demand_state)

)

select * from int_changed_products
