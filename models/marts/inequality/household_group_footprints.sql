{# What groups of people inside a region cause and spend; docs/methods.md,
   Household groups. #}

with

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

products as (

    select *
    from {{ ref('int_household_products') }}
    where price_id is null

),

shares as (

    select * from {{ ref('int_group_shares') }}

),

parts as (

    select
        products.year,
        products.stressor_id,
        products.region_id,
        shares.group_id,
        products.sector_id,
        shares.share * products.amount as amount
    from products
    inner join shares using (year, region_id, sector_id)
    where shares.category_id is null

    union all

    select
        products.year,
        products.stressor_id,
        products.region_id,
        shares.group_id,
        products.sector_id,
        shares.share * products.amount as amount
    from products
    inner join shares using (year, region_id, category_id)

),

sums as (

    select
        year,
        stressor_id,
        region_id,
        group_id,
        sum(amount) as amount,
        sum(case when sector_id = 'DIRECT' then amount else 0 end)
            as direct_emissions
    from parts
    group by 1, 2, 3, 4

),

amounts as (

    select
        household_groups.year,
        stressors.stressor_id,
        household_groups.region_id,
        household_groups.group_id,
        household_groups.group_name,
        household_groups.group_rank,
        household_groups.population,
        household_groups.income,
        coalesce(emitted.amount, 0) as emissions,
        coalesce(emitted.direct_emissions, 0) as direct_emissions,
        coalesce(spent.amount, 0) as spending,
        household_groups.region_name,
        stressors.unit
    from household_groups
    cross join stressors
    left join sums as emitted
        on
            household_groups.year = emitted.year
            and household_groups.region_id = emitted.region_id
            and household_groups.group_id = emitted.group_id
            and stressors.stressor_id = emitted.stressor_id
    left join sums as spent
        on
            household_groups.year = spent.year
            and household_groups.region_id = spent.region_id
            and household_groups.group_id = spent.group_id
            and spent.stressor_id is null

),

household_group_footprints as (

    select
        year,
        stressor_id,
        region_id,
        group_id,
        group_name,
        group_rank,
        population,
        income,
        emissions,
        direct_emissions,
        emissions / population as emissions_per_capita,
        spending,
        spending / population as spending_per_capita,
        {{ safe_divide(
            'emissions',
            'sum(emissions) over (partition by year, stressor_id, region_id)'
        ) }} as share_of_region,
        region_name,
        unit
    from amounts

)

select * from household_group_footprints
