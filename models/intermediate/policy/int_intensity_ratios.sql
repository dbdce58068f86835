{# By how many ratios the intensities of regions differ, and how far they are
   from those of the nation: what benchmarks compare; docs/methods.md,
   Pathways. #}

{%- set rounding = 'cast(1e-4 as double)' %}

with

intensities as (

    select * from {{ ref('int_intensities') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

cells as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.emissions,
        intensities.output,
        intensities.direct_intensity,
        {{ safe_divide(
            'sum(intensities.emissions) over makers',
            'sum(intensities.output) over makers'
        ) }} as national_intensity,
        count(*) over makers as makers
    from intensities
    inner join stressors using (stressor_id)
    inner join region_years using (year, region_id)
    where
        stressors.is_mass
        and region_years.is_ranked
        and intensities.output > 0
        and not intensities.is_zero_output
    window
        makers as (
            partition by
                intensities.year,
                intensities.stressor_id,
                intensities.sector_id
        )

),

-- who makes a product alone makes it at the national intensity
differences as (

    select
        year,
        stressor_id,
        {{ safe_divide(
            'sum(abs(emissions - national_intensity * output))',
            'sum(abs(emissions))'
        ) }} as differing_share
    from cells
    where makers > 1
    group by 1, 2

),

sizes as (

    select
        year,
        stressor_id,
        region_id,
        row_number() over (
            partition by year, stressor_id
            order by sum(output) desc, region_id asc
        ) as size_rank
    from cells
    group by 1, 2, 3

),

ranked_cells as (

    select
        cells.*,
        sizes.size_rank
    from cells
    inner join sizes using (year, stressor_id, region_id)
    where cells.emissions > 0

),

-- each region and the next smaller one. The nation is no measure: its intensity
-- of a sector depends on who makes most of it, and a balance to national totals
-- scales each sector, so that one total would give as many ratios as sectors
ratios as (

    select
        larger.year,
        larger.stressor_id,
        larger.region_id,
        larger.direct_intensity / smaller.direct_intensity as ratio
    from ranked_cells as larger
    inner join ranked_cells as smaller
        on
            larger.year = smaller.year
            and larger.stressor_id = smaller.stressor_id
            and larger.sector_id = smaller.sector_id
            and larger.size_rank + 1 = smaller.size_rank

),

ordered_ratios as (

    select
        *,
        lag(ratio) over (
            partition by year, stressor_id, region_id
            order by ratio
        ) as smaller_ratio
    from ratios

),

pairs as (

    select
        year,
        stressor_id,
        region_id,
        count(*) as sectors,
        count(*) filter (
            where
            smaller_ratio is null
            or ratio > smaller_ratio * (1 + {{ rounding }})
        ) as distinct_ratios
    from ordered_ratios
    group by 1, 2, 3

),

medians as (

    select
        year,
        stressor_id,
        count(*) as pairs,
        count(*) filter (where 3 * distinct_ratios < sectors)
            as pairs_of_few_ratios,
        percentile_disc(0.5) within group (order by distinct_ratios)
            as distinct_ratios,
        percentile_disc(0.5) within group (order by sectors)
            as compared_sectors
    from pairs
    group by 1, 2

),

int_intensity_ratios as (

    select
        differences.year,
        differences.stressor_id,
        differences.differing_share,
        medians.distinct_ratios,
        medians.compared_sectors,
        case
            when differences.differing_share <= {{ rounding }}
                then 'national_intensities'
            when 2 * medians.pairs_of_few_ratios >= medians.pairs
                then 'few_totals'
            else 'holds'
        end as producer_premise
    from differences
    left join medians using (year, stressor_id)

)

select * from int_intensity_ratios
