-- of what is invented no office publishes anything
select
    comparisons.country_id as region_id,
    comparisons.country_name as region_name,
    comparisons.computed_emissions,
    comparisons.published_emissions,
    comparisons.relative_difference,
    comparisons.published_extent,
    -- not known where an office does not say it
    nullif(comparisons.published_leaves_out, '') as published_leaves_out,
    nullif(comparisons.computed_leaves_out, '') as computed_leaves_out,
    comparisons.source
from published_comparisons as comparisons
cross join dataset
where
    comparisons.year = $year
    and comparisons.stressor_id = $stressor
    and comparisons.account_id = 'official'
    and not dataset.is_synthetic
order by comparisons.published_emissions desc, comparisons.country_id asc
