select
    causes.region_id,
    causes.region_name,
    causes.scope_1,
    causes.scope_2,
    causes.scope_3,
    causes.for_own_final_demand,
    causes.passing_through,
    causes.passing_over_footprint,
    causes.scope_note
from three_scopes as causes
inner join regions using (region_id)
where
    causes.year = $year
    and causes.stressor_id = $stressor
    and regions.is_ranked
order by causes.passing_over_footprint desc nulls last, causes.region_id asc
