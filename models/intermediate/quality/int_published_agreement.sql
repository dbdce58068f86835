{# How many published footprints lie inside the intervals, and which lie
   furthest outside; docs/methods.md, Findings. #}

with

comparisons as (

    select
        *,
        {{ spoken_name('country_name', "'country'") }} as the_country,
        row_number() over (
            partition by year, stressor_id, is_inside_interval
            order by abs(difference) desc, country_id asc
        ) as difference_order
    from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

dataset as (

    select * from {{ ref('dataset') }}

),

gaps as (

    select * from {{ ref('int_footprint_gaps') }}

),

-- what is invented is no country; a table of one is compared as a whole
int_published_agreement as (

    select
        comparisons.year,
        comparisons.stressor_id,
        count(*) as published_accounts,
        case
            when count(comparisons.is_inside_interval) = count(*)
                then count(*) filter (where comparisons.is_inside_interval)
        end as published_inside,
        median(abs(comparisons.relative_difference)) as median_difference,
        string_agg(
            {{ sentence("'published_difference'", 'comparisons') }},
            ', ' order by comparisons.difference_order
        ) filter (
            where
            not comparisons.is_inside_interval
            and comparisons.difference_order <= 3
        ) as outside_names
    from comparisons
    cross join dataset
    left join gaps using (year, stressor_id)
    where
        not dataset.is_synthetic
        and (dataset.country = 'WLD' or gaps.year is not null)
    group by 1, 2

)

select * from int_published_agreement
