select
    emitters.emitter_rank,
    emitters.region_id,
    emitters.region_name,
    emitters.measure_value,
    -- a share is known only where all people are
    emitters.measure_value
    / nullif(sum(emitters.measure_value) over (), 0) as footprint_share,
    case
        when count(*) over () = count(regional.population) over ()
            then
                regional.population
                / nullif(sum(regional.population) over (), 0)
    end as population_share,
    regional.footprint_per_capita,
    emitters.cumulative_share,
    case typology.affluence
        when 'high' then 'the mean or above'
        when 'low' then 'below the mean'
    end as affluence,
    typology.industry_type,
    typology.supply_chain_role,
    emitters.pathway_id,
    typology.gdp_per_capita
from super_emitters as emitters
inner join regional_accounts as regional using (year, stressor_id, region_id)
left join mitigation_typology as typology using (year, stressor_id, region_id)
where
    emitters.year = $year
    and emitters.stressor_id = $stressor
    and emitters.is_default_rule
-- shares are those of all, so that the selected are taken after them
qualify emitters.is_selected
order by emitters.emitter_rank, 2
