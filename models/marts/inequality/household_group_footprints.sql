{# What groups of people inside a region cause and spend; docs/methods.md,
   Household groups. #}

with

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

group_amounts as (

    select *
    from {{ ref('int_group_amounts') }}
    where price_id is null

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
        coalesce(emitted.direct_amount, 0) as direct_emissions,
        coalesce(spent.amount, 0) as spending,
        household_groups.region_name,
        stressors.unit
    from household_groups
    cross join stressors
    left join group_amounts as emitted
        on
            household_groups.year = emitted.year
            and household_groups.region_id = emitted.region_id
            and household_groups.group_id = emitted.group_id
            and stressors.stressor_id = emitted.stressor_id
    left join group_amounts as spent
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
