-- invented regions are no country, whatever their country is called; of
-- countries of the world, footprints above zero are compared
select
    comparisons.country_id,
    -- a country that is split into regions has no page
    regions.region_id,
    comparisons.account_id,
    comparisons.country_name,
    comparisons.computed_emissions,
    comparisons.footprint_p05,
    comparisons.footprint_p95,
    comparisons.published_emissions,
    comparisons.relative_difference,
    comparisons.is_inside_interval,
    -- of intervals of 90 %, from the largest figure down to this one
    count(comparisons.is_inside_interval) over above
    - cast(
        round(0.9 * count(comparisons.is_inside_interval) over above) as integer
    ) as expected_outside,
    replace(comparisons.computed_leaves_out, '; ', ' and ')
        as computed_leaves_out,
    replace(comparisons.published_leaves_out, '; ', ' and ')
        as published_leaves_out,
    comparisons.source
from published_comparisons as comparisons
cross join dataset
left join regions on comparisons.country_id = regions.region_id
where
    comparisons.year = $year
    and comparisons.stressor_id = $stressor
    and not dataset.is_synthetic
    -- what an office makes of the same data agrees without being evidence
    and comparisons.account_id <> 'official'
    and (
        dataset.country <> 'WLD'
        or (
            comparisons.account_id = 'consumption'
            and comparisons.computed_emissions > 0
        )
    )
window
    above as (
        order by
            comparisons.published_emissions desc,
            comparisons.country_id asc,
            comparisons.account_id asc
    )
order by
    comparisons.published_emissions desc,
    comparisons.country_id asc,
    comparisons.account_id asc
