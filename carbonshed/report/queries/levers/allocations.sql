select
    allocation_rule as id,
    description,
    evidence,
    source
from allocation_rules
order by rule_position
