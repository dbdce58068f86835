select
    emitters.rule_id as id,
    emitters.is_default_rule as is_default,
    coalesce(rules.description, '') as description,
    coalesce(rules.evidence, '') as evidence,
    rules.source,
    list(
        case when emitters.is_selected then emitters.region_id end
        order by emitters.region_id
    ) as members
from super_emitters as emitters
left join super_emitter_rules as rules using (rule_id)
where
    emitters.year = $year
    and emitters.stressor_id = $stressor
group by 1, 2, 3, 4, 5, rules.rule_position
order by rules.rule_position, 1
