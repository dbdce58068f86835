{# What households of regions with groups buy and emit, by product: what groups
   share among themselves; docs/methods.md, Household groups. Regions whose
   groups name categories of the table have their rows by category instead. #}

with

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

direct_emissions as (

    select * from {{ ref('int_direct_emissions') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

{% if is_chosen('analyses') -%}
    prices as (

        select * from {{ ref('int_carbon_prices') }}

    ),

    price_increases as (

        select * from {{ ref('carbon_price_products') }}

    ),

    coverages as (

        select * from {{ ref('int_price_coverages') }}
        where region_sector_id is null

    ),

    stressors as (

        select * from {{ ref('int_stressors') }}
        where is_priced

    ),

{% endif -%}

regions as (

    select distinct
        year,
        region_id,
        is_by_category
    from household_groups

),

-- numbers are grouped in half the time of texts
buyers as (

    select
        regions.year,
        regions.region_id,
        regions.is_by_category,
        categories.category_id,
        row_number() over (
            order by regions.year, regions.region_id, categories.category_id
        ) as buyer_number
    from regions
    cross join categories
    where categories.category_group = 'household'

),

household_demand as (

    select
        final_demand.origin_id,
        buyers.year,
        buyers.buyer_number,
        final_demand.amount
    from final_demand
    inner join buyers using (year, region_id, category_id)

),

-- spending is what a unit of spending brings about
measures as (

    select distinct
        year,
        cast(null as varchar) as stressor_id,
        cast(null as varchar) as price_id,
        region_sector_id,
        sector_id,
        cast(1 as double) as per_unit
    from intensities

    union all

    select
        intensities.year,
        intensities.stressor_id,
        cast(null as varchar) as price_id,
        intensities.region_sector_id,
        intensities.sector_id,
        total_intensities.total_intensity as per_unit
    from intensities
    inner join total_intensities using (year, stressor_id, region_sector_id)

    {% if is_chosen('analyses') -%}
        union all

        select
            intensities.year,
            intensities.stressor_id,
            price_increases.price_id,
            intensities.region_sector_id,
            intensities.sector_id,
            price_increases.price_increase as per_unit
        from intensities
        inner join price_increases
            using (year, stressor_id, region_id, sector_id)
    {%- endif %}

),

numbered as (

    select
        year,
        region_sector_id,
        per_unit,
        stressor_id,
        price_id,
        sector_id,
        dense_rank() over (order by stressor_id, price_id, sector_id)
            as measure_number
    from measures

),

names as (

    select distinct
        measure_number,
        stressor_id,
        price_id,
        sector_id
    from numbered

),

sums as (

    select
        numbered.measure_number,
        demand.buyer_number,
        sum(numbered.per_unit * demand.amount) as amount
    from household_demand as demand
    inner join numbered
        on
            demand.year = numbered.year
            and demand.origin_id = numbered.region_sector_id
    where numbered.per_unit <> 0
    group by 1, 2

),

products as (

    select
        buyers.year,
        names.stressor_id,
        names.price_id,
        buyers.region_id,
        case when buyers.is_by_category then buyers.category_id end
            as category_id,
        case when not buyers.is_by_category then names.sector_id end
            as sector_id,
        sums.amount
    from sums
    inner join names using (measure_number)
    inner join buyers using (buyer_number)

),

direct as (

    select
        direct_emissions.year,
        direct_emissions.stressor_id,
        direct_emissions.region_id,
        case
            when regions.is_by_category then direct_emissions.category_id
        end as category_id,
        sum(direct_emissions.emissions) as emissions
    from direct_emissions
    inner join regions using (year, region_id)
    group by 1, 2, 3, 4

),

of_direct_emissions as (

    select
        year,
        stressor_id,
        cast(null as varchar) as price_id,
        region_id,
        category_id,
        emissions as amount
    from direct

    {% if is_chosen('analyses') -%}
        union all

        select
            direct.year,
            direct.stressor_id,
            prices.price_id,
            direct.region_id,
            direct.category_id,
            prices.price * coverages.covered_share * direct.emissions as amount
        from direct
        inner join stressors using (stressor_id)
        inner join prices using (year)
        inner join coverages using (coverage_id, region_id)
    {%- endif %}

),

int_household_products as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
        category_id,
        sector_id,
        sum(amount) as amount
    from products
    group by 1, 2, 3, 4, 5, 6

    union all

    select
        year,
        stressor_id,
        price_id,
        region_id,
        category_id,
        'DIRECT' as sector_id,
        amount
    from of_direct_emissions

)

select * from int_household_products
