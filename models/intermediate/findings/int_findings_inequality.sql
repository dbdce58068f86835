{# How footprints differ between the people of ranked regions, and whether they
   go with GDP; docs/methods.md, Findings. #}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

points as (

    select * from {{ ref('int_lorenz_points') }}
    where measure = 'consumption_footprint'

),

inequality as (

    select * from {{ ref('inequality_indices') }}
    where measure = 'consumption_footprint'

),

curves as (

    select * from {{ ref('int_income_curves') }}

),

households as (

    select * from {{ ref('household_inequality') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}
    where is_ranked

),

-- whose people the lower half is made of; less than a billionth is rounding
lower_half as (

    select
        year,
        stressor_id,
        region_id,
        2 * population_share * {{ part_in_tenths(
            5, 'poorest', 'population_share', 'cumulative_population_share'
        ) }} as half_share
    from points

),

halves as (

    select
        year,
        stressor_id,
        cast(count(*) filter (where half_share > 1e-9) as integer)
            as half_regions,
        max(half_share) as half_largest_share,
        max_by(region_id, row(half_share, region_id)) as half_region_id
    from lower_half
    group by 1, 2

),

people as (

    select
        year,
        stressor_id,
        coalesce(bool_or(gdp > 0), false) as has_gdp,
        {{ safe_divide('max(population)', 'sum(population)') }}
            as largest_people_share,
        max_by(region_id, row(population, region_id)) as people_region_id
    from accounts
    group by 1, 2

),

figures as (

    select
        terms.*,
        halves.* exclude (year, stressor_id),
        people.* exclude (year, stressor_id),
        inequality.bottom50_share,
        inequality.top10_share,
        curves.income_elasticity,
        curves.curve_r_squared,
        coalesce(curves.regions, 0) as curve_regions,
        households.gini_regions,
        households.gini_groups,
        households.within_share,
        nullif(households.regions_without_groups, 0)
            as regions_without_groups,
        terms.ranked_regions - households.regions_without_groups
            as regions_with_groups,
        -- a steeper line says that incomes hardly differ
        case
            when abs(curves.income_elasticity) <= log2(10)
                then power(2, curves.income_elasticity)
        end as footprint_factor
    from terms
    inner join people using (year, stressor_id)
    left join halves using (year, stressor_id)
    left join inequality using (year, stressor_id)
    left join curves using (year, stressor_id)
    left join households using (year, stressor_id)
    where terms.ranked_regions is not null

),

told as (

    select
        *,
        half_regions < 3 or half_largest_share > 0.5 as is_half_of_few,
        curve_regions >= 10
        and largest_people_share <= 0.5
        and curve_r_squared >= 0.5 as is_line_of_many,
        to_json(figures) as facts
    from figures

),

int_findings_inequality as (

    select
        year,
        stressor_id,
        facts,
        'unequal_footprints' as finding_id,
        9 as finding_position,
        case
            when ranked_regions = 1 then 'unequal_footprints_one_region'
            when bottom50_share is null or bottom50_share < 0
                then 'no_footprints'
            when is_half_of_few then 'unequal_footprints_few'
            when bottom50_share > 0.45 and top10_share < 0.12
                then 'unequal_footprints_alike'
            else 'unequal_footprints'
        end as text_id,
        null as detail,
        case when not is_half_of_few then bottom50_share end as value,
        'share' as unit,
        -- whom the headline names
        case when is_half_of_few then [half_region_id] end as subject_ids,
        half_regions as support_regions
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'income_and_footprint' as finding_id,
        10 as finding_position,
        case
            when ranked_regions = 1 then null
            when not has_gdp then 'income_and_footprint_unknown'
            when curve_regions < 10 then 'income_and_footprint_few'
            when largest_people_share > 0.5 then 'income_and_footprint_one'
            when
                income_elasticity is null
                or coalesce(curve_r_squared, 0) < 0.5
                then 'income_and_footprint_weak'
            when footprint_factor is null then 'income_and_footprint_narrow'
            when footprint_factor between 0.95 and 1.05
                then 'income_and_footprint_same'
            else 'income_and_footprint'
        end as text_id,
        -- a line that falls is another claim
        case
            when not coalesce(is_line_of_many, false) then null
            when footprint_factor > 1.05 then 'more'
            when footprint_factor < 0.95 then 'less'
        end as detail,
        case when is_line_of_many then footprint_factor end as value,
        'factor' as unit,
        null as subject_ids,
        nullif(curve_regions, 0) as support_regions
    from told

    union all

    select
        year,
        stressor_id,
        facts,
        'inequality_inside_regions' as finding_id,
        11 as finding_position,
        case
            -- inside a single region is all of it
            when ranked_regions = 1 or regions_with_groups = 0 then null
            -- or more says nothing of all, nor of nothing
            when
                not coalesce(
                    within_share >= 0.005 and within_share < 0.995, false
                )
                then null
            when regions_with_groups < 3 then 'inequality_inside_few'
            else 'inequality_inside_regions'
        end as text_id,
        null as detail,
        case when regions_with_groups >= 3 then within_share end as value,
        'share' as unit,
        null as subject_ids,
        regions_with_groups as support_regions
    from told

)

select
    *,
    true as is_claim
from int_findings_inequality
where text_id is not null
