select
    country_id,
    -- a country that is split into regions has no page
    regions.region_id,
    account_id,
    country_name,
    computed_emissions,
    footprint_p05,
    footprint_p95,
    published_emissions,
    relative_difference,
    is_inside_interval,
    computed_leaves_out,
    published_leaves_out,
    source
from published_comparisons
left join regions on published_comparisons.country_id = regions.region_id
where
    year = $year
    and stressor_id = $stressor
order by published_emissions desc, country_id asc, account_id asc
