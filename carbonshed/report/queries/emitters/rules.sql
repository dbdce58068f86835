select
    emitters.rule_id,
    emitters.is_default_rule,
    count(*) filter (where emitters.is_selected) as regions,
    sum(emitters.measure_value) filter (where emitters.is_selected)
    / nullif(sum(emitters.measure_value), 0) as footprint_share,
    case
        when count(*) = count(regional.population)
            then
                sum(regional.population) filter (where emitters.is_selected)
                / nullif(sum(regional.population), 0)
    end as population_share,
    sum(emitters.measure_value) filter (where emitters.is_selected)
    / nullif(sum(regional.population) filter (where emitters.is_selected), 0)
        as footprint_per_capita
from super_emitters as emitters
inner join regional_accounts as regional using (year, stressor_id, region_id)
where
    emitters.year = $year
    and emitters.stressor_id = $stressor
group by 1, 2
order by 2 desc, 1
