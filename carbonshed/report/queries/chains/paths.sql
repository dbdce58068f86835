-- the largest supply chains with a supplier, of all regions
select
    chains.region_id,
    footprints.region_name,
    array_to_string(
        list_reverse(string_split(chains.path_names, ' <- ')), ' → '
    ) as path_names,
    chains.tier,
    chains.emissions,
    case
        when footprints.consumption_footprint > 0
            then chains.emissions / footprints.consumption_footprint
    end as footprint_share,
    chains.path_cutoff
from supply_paths as chains
inner join regional_accounts as footprints
    using (year, stressor_id, region_id)
where
    chains.year = $year
    and chains.stressor_id = $stressor
    and chains.tier > 0
    and chains.emissions > 0
order by chains.emissions desc, chains.region_id asc, chains.path_rank asc
limit 100
