select
    allocation_rule as id,
    coalesce(description, '') as description,
    coalesce(evidence, '') as evidence,
    source
from allocation_rules
order by rule_position
