-- per person, beside the first year of the stressor
select
    later.region_id,
    later.region_name,
    earlier.footprint_per_capita as earlier_footprint,
    later.footprint_per_capita,
    case
        when
            earlier.footprint_per_capita > 0 and later.footprint_per_capita > 0
            then later.footprint_per_capita / earlier.footprint_per_capita - 1
    end as footprint_change,
    earlier.production_per_capita as earlier_production,
    later.production_per_capita,
    case
        when
            earlier.production_per_capita > 0
            and later.production_per_capita > 0
            then later.production_per_capita / earlier.production_per_capita - 1
    end as production_change
from footprint_rankings as later
inner join footprint_rankings as earlier using (stressor_id, region_id)
inner join account_extents as later_extent
    on
        later.year = later_extent.year
        and later.stressor_id = later_extent.stressor_id
inner join account_extents as earlier_extent
    on
        earlier.year = earlier_extent.year
        and earlier.stressor_id = earlier_extent.stressor_id
        -- a footprint that leaves out other emissions is not comparable
        and later_extent.scope = earlier_extent.scope
where
    later.year = $year
    and later.stressor_id = $stressor
    and earlier.year < later.year
    and earlier.year = (
        select min(firsts.year)
        from account_extents as firsts
        where firsts.stressor_id = $stressor
    )
order by footprint_change desc nulls last, later.region_id asc
