-- footprints of the first and the last year: per person, or in total where the
-- people of no region are known
with

ends as (

    select
        min(year) as first_year,
        max(year) as last_year
    from account_extents
    where stressor_id = $stressor

),

pairs as (

    select
        later.region_id,
        later.region_name,
        ends.first_year,
        ends.last_year,
        earlier.consumption_footprint as earlier_total,
        later.consumption_footprint as later_total,
        earlier.footprint_per_capita as earlier_each,
        later.footprint_per_capita as later_each,
        bool_or(
            earlier.footprint_per_capita is not null
            and later.footprint_per_capita is not null
        ) over () as is_per_person
    from ends
    inner join footprint_rankings as earlier
        on
            ends.first_year = earlier.year
            and earlier.stressor_id = $stressor
    inner join footprint_rankings as later
        on
            ends.last_year = later.year
            and earlier.stressor_id = later.stressor_id
            and earlier.region_id = later.region_id
    inner join account_extents as earlier_extent
        on
            earlier.year = earlier_extent.year
            and earlier.stressor_id = earlier_extent.stressor_id
    inner join account_extents as later_extent
        on
            later.year = later_extent.year
            and later.stressor_id = later_extent.stressor_id
            -- a footprint that leaves out other emissions is not comparable
            and earlier_extent.scope = later_extent.scope
    where ends.first_year < ends.last_year

),

measured as (

    select
        region_id,
        region_name,
        first_year,
        last_year,
        is_per_person,
        if(is_per_person, earlier_each, earlier_total) as earlier_footprint,
        if(is_per_person, later_each, later_total) as later_footprint
    from pairs

)

select
    *,
    case
        when earlier_footprint > 0 and later_footprint > 0
            then later_footprint / earlier_footprint - 1
    end as footprint_change,
    min(least(earlier_footprint, later_footprint)) over () > 0 as is_above_zero
from measured
where
    earlier_footprint is not null
    and later_footprint is not null
order by footprint_change desc nulls last, region_id asc
