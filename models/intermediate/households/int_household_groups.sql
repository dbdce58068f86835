{# Groups hold the people of their region: the audit refuses a sum that is off
   by more than a hundredth, and what is less is scaled. #}

with

household_groups as (

    select * from {{ ref('stg_household_groups') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

with_shares as (

    select
        *,
        population / sum(population) over region as population_share,
        count(category_id) over region > 0 as is_by_category
    from household_groups
    window region as (partition by year, region_id)

),

int_household_groups as (

    select
        with_shares.year,
        with_shares.region_id,
        with_shares.group_id,
        with_shares.group_name,
        with_shares.group_rank,
        case
            when region_years.population > 0
                then with_shares.population_share * region_years.population
            else with_shares.population
        end as population,
        with_shares.population_share,
        with_shares.income,
        with_shares.category_id,
        with_shares.is_by_category,
        region_years.region_name,
        region_years.is_ranked
    from with_shares
    inner join region_years using (year, region_id)

)

select * from int_household_groups
