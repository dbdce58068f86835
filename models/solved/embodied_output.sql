select
    by_position.year,
    by_position.origin_id,
    labels.region_id,
    labels.category_id,
    by_position.output
from {{ ref('embodied_output_by_position') }} as by_position
inner join {{ ref('demand_labels') }} as labels
    using (region_position, category_position)
