{# Affluence and industry of every ranked region, whatever is emitted: the
   industry in which it is specialised most, none where all regions are alike;
   docs/methods.md, Typology. #}

with

region_years as (

    select * from {{ ref('int_region_years') }}

),

sectors as (

    select * from {{ ref('stg_sectors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

sector_output as (

    select * from {{ ref('int_sector_output') }}

),

value_added_years as (

    select * from {{ ref('int_value_added_years') }}

),

industry_types as (

    select * from {{ ref('industry_types') }}

),

ranked as (

    select
        year,
        region_id,
        gdp_per_capita,
        {{ safe_divide(
            'sum(gdp) over (partition by year)',
            'sum(population) over (partition by year)'
        ) }} as mean_gdp_per_capita,
        count(*) over (partition by year)
        - count(gdp_per_capita) over (partition by year) as regions_without_gdp
    from region_years
    where is_ranked

),

sector_amounts as (

    select
        year,
        region_id,
        sector_id,
        emissions as amount
    from intensities
    where stressor_id = 'value_added'

    union all

    -- a year without any value added is measured by its output
    select
        sector_output.year,
        sector_output.region_id,
        sector_output.sector_id,
        sector_output.output as amount
    from sector_output
    left join value_added_years using (year)
    where value_added_years.year is null

),

group_amounts as (

    select
        sector_amounts.year,
        sector_amounts.region_id,
        sectors.sector_group,
        sum(sector_amounts.amount) as amount
    from sector_amounts
    inner join sectors using (sector_id)
    inner join ranked using (year, region_id)
    group by 1, 2, 3

),

totals as (

    select
        year,
        region_id,
        sector_group,
        amount,
        sum(amount) over (partition by year, region_id) as region_amount,
        sum(amount) over (partition by year, sector_group) as group_amount,
        sum(amount) over (partition by year) as national_amount
    from group_amounts

),

quotients as (

    select
        totals.year,
        totals.region_id,
        totals.sector_group as industry_type,
        {{ safe_divide('totals.amount', 'totals.region_amount') }}
        / nullif(
            {{ safe_divide('totals.group_amount', 'totals.national_amount') }},
            0
        ) as location_quotient
    from totals
    inner join industry_types
        on totals.sector_group = industry_types.industry_type
    where
        totals.amount > 0
        and totals.region_amount > 0
        and totals.group_amount > 0
        and totals.national_amount > 0

),

largest as (

    select
        year,
        region_id,
        max(location_quotient) as location_quotient
    from quotients
    group by 1, 2

),

-- where nothing sets one region apart from all others, no type is known
structures as (

    select
        year,
        max(abs(location_quotient - 1)) <= cast(1e-6 as double)
            as is_one_structure
    from quotients
    group by 1

),

-- equal but for rounding is equal, and then the alphabet decides; totals that a
-- balance meets are met to some 1e-10
industries as (

    select
        quotients.year,
        quotients.region_id,
        case
            when not any_value(structures.is_one_structure)
                then min(quotients.industry_type)
        end as industry_type,
        max(quotients.location_quotient) as location_quotient
    from quotients
    inner join largest using (year, region_id)
    inner join structures using (year)
    where
        quotients.location_quotient
        >= largest.location_quotient * (1 - cast(1e-6 as double))
    group by 1, 2

),

int_region_types as (

    select
        ranked.year,
        ranked.region_id,
        ranked.gdp_per_capita,
        case
            when ranked.regions_without_gdp > 0 then null
            when
                {{ exceeds(
                    'ranked.mean_gdp_per_capita', 'ranked.gdp_per_capita'
                ) }}
                then 'low'
            else 'high'
        end as affluence,
        industries.industry_type,
        industries.location_quotient
    from ranked
    left join industries using (year, region_id)

)

select * from int_region_types
