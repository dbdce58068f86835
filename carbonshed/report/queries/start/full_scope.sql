-- the sum of all regions; the published account is that of one country
select
    sum(domestic_footprint) as domestic_footprint,
    sum(full_footprint) as full_footprint,
    sum(imports_in_production) as imports_in_production,
    sum(imports_of_final_users) as imports_of_final_users,
    bool_or(is_lower_bound) as is_lower_bound,
    method_id,
    case
        when count(distinct published_emissions) = 1
            then max(published_emissions)
    end as published_emissions,
    case
        when count(distinct published_emissions) = 1
            then max(relative_difference_to_published)
    end as relative_difference_to_published
from footprints_with_imports
where
    year = $year
    and stressor_id = $stressor
    and is_default_method
group by method_id
