{# How groups share what households of their region buy and emit: by the rows of
   the survey that fit best, and those that are missing by what the others say;
   docs/methods.md, Household groups. #}

with

household_groups as (

    select * from {{ ref('int_household_groups') }}

),

spending as (

    select * from {{ ref('stg_household_spending') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

household_products as (

    select
        year,
        region_id,
        sector_id,
        amount
    from {{ ref('int_household_products') }}
    where stressor_id is null and category_id is null

),

groups_with_spending as (

    select *
    from household_groups
    where not is_by_category

),

-- what groups spend on, and their own emissions
products as (

    select
        year,
        region_id,
        sector_id,
        amount
    from household_products

    union all

    select distinct
        year,
        region_id,
        'DIRECT' as sector_id,
        cast(0 as double) as amount
    from groups_with_spending

),

-- spending per head in all regions counts for the people of each; among rows
-- for the same product those of the region come first
survey_rows as (

    select
        household_groups.year,
        household_groups.region_id,
        household_groups.group_id,
        spending.sector_id,
        2 * spending.specificity
        + case when spending.region_id is null then 0 else 1 end as preference,
        spending.value
        * case
            when spending.region_id is null then household_groups.population
            else 1
        end as weight
    from groups_with_spending as household_groups
    inner join spending
        on
            household_groups.year = spending.year
            and household_groups.group_id = spending.group_id
            and household_groups.region_id
            = coalesce(spending.region_id, household_groups.region_id)

),

rows_by_product as (

    select
        survey_rows.year,
        survey_rows.region_id,
        survey_rows.group_id,
        products.sector_id,
        survey_rows.preference,
        survey_rows.weight
    from survey_rows
    inner join products using (year, region_id, sector_id)

    union all

    select
        survey_rows.year,
        survey_rows.region_id,
        survey_rows.group_id,
        products.sector_id,
        survey_rows.preference,
        survey_rows.weight
    from survey_rows
    inner join products using (year, region_id)
    where
        survey_rows.sector_id is null
        and products.sector_id <> 'DIRECT'

),

fitting_rows as (

    select *
    from rows_by_product
    qualify
        preference = max(preference) over (
            partition by year, region_id, sector_id
        )

),

survey_shares as (

    select
        year,
        region_id,
        group_id,
        sector_id,
        {{ safe_divide(
            'weight',
            'sum(weight) over (partition by year, region_id, sector_id)'
        ) }} as share
    from fitting_rows

),

spending_by_group as (

    select
        survey_shares.year,
        survey_shares.region_id,
        survey_shares.group_id,
        sum(survey_shares.share * products.amount) as spending
    from survey_shares
    inner join products using (year, region_id, sector_id)
    group by 1, 2, 3

),

totals as (

    select
        household_groups.year,
        household_groups.region_id,
        household_groups.group_id,
        household_groups.population_share,
        coalesce(spending_by_group.spending, 0) as spending,
        coalesce(sum(spending_by_group.spending) over (
            partition by household_groups.year, household_groups.region_id
        ), 0) as region_spending
    from groups_with_spending as household_groups
    left join spending_by_group using (year, region_id, group_id)

),

-- what no row covers follows total spending; without any, everybody is alike.
-- Only rows of DIRECT may leave out a group, which then emits nothing itself
by_spending as (

    select
        totals.year,
        totals.region_id,
        totals.group_id,
        cast(null as varchar) as category_id,
        products.sector_id,
        coalesce(
            survey_shares.share,
            case
                when
                    count(survey_shares.share) over (
                        partition by
                            totals.year, totals.region_id, products.sector_id
                    ) > 0
                    then 0
                when totals.region_spending > 0
                    then totals.spending / totals.region_spending
            end,
            totals.population_share
        ) as share
    from totals
    inner join products using (year, region_id)
    left join survey_shares using (year, region_id, group_id, sector_id)

),

named_categories as (

    select
        year,
        region_id,
        category_id
    from household_groups
    where category_id is not null

),

-- a category that no group names is everybody's
by_category as (

    select
        household_groups.year,
        household_groups.region_id,
        household_groups.group_id,
        categories.category_id,
        cast(null as varchar) as sector_id,
        case
            when named_categories.category_id is not null then 1
            else household_groups.population_share
        end as share
    from household_groups
    cross join categories
    left join named_categories
        on
            household_groups.year = named_categories.year
            and household_groups.region_id = named_categories.region_id
            and categories.category_id = named_categories.category_id
    where
        household_groups.is_by_category
        and household_groups.category_id
        = coalesce(named_categories.category_id, household_groups.category_id)

),

int_group_shares as (

    select * from by_spending
    union all
    select * from by_category

)

select * from int_group_shares
