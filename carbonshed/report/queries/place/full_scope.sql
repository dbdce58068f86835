select
    full_scope.region_id,
    full_scope.region_name,
    full_scope.domestic_footprint,
    full_scope.imports_in_production,
    case
        when sum(full_scope.imports_of_final_users) over () > 0
            then full_scope.imports_of_final_users
    end as imports_of_final_users,
    full_scope.full_footprint,
    full_scope.domestic_footprint_per_capita,
    full_scope.full_footprint_per_capita,
    rankings.footprint_rank,
    full_scope.full_footprint_rank,
    full_scope.world_average_ratio,
    full_scope.us_ratio,
    rankings.comparator_year,
    rankings.us_comparator_year,
    full_scope.is_lower_bound,
    full_scope.method_id,
    full_scope.published_emissions,
    full_scope.relative_difference_to_published
from footprints_with_imports as full_scope
left join footprint_rankings as rankings using (year, stressor_id, region_id)
where
    full_scope.year = $year
    and full_scope.stressor_id = $stressor
    and full_scope.is_default_method
order by full_scope.region_name, full_scope.region_id
