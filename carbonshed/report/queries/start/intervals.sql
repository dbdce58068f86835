select *
from (
    pivot (
        select
            quantity,
            value,
            p05,
            p95
        from headline_uncertainty
        where
            year = $year
            and stressor_id = $stressor
            and p05 is not null
    )
    on quantity in (
        'footprint', 'gini_footprint', 'interregional_share', 'top_share'
    )
    using
    max(value) as value,
    max(p05) as p05,
    max(p95) as p95
)
where
    coalesce(
        footprint_value,
        gini_footprint_value,
        interregional_share_value,
        top_share_value
    ) is not null
