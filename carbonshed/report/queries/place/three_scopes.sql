select
    causes.region_id,
    causes.region_name,
    causes.scope_1,
    causes.scope_2,
    causes.scope_3,
    causes.three_scope_total,
    causes.for_own_final_demand,
    causes.passing_through,
    causes.grid_electricity,
    causes.scope_3_with_imports,
    footprints.consumption_footprint,
    footprints.population,
    ranges.region_id is not null as has_variants
from three_scopes as causes
inner join regional_accounts as footprints
    using (year, stressor_id, region_id)
left join compiled_ranges as ranges using (year, stressor_id, region_id)
where
    causes.year = $year
    and causes.stressor_id = $stressor
    and causes.scope_note is null
order by causes.region_name, causes.region_id
