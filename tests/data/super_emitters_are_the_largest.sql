{# A rule that counts takes just as many as it says, and none that is smaller
   than one that it leaves; the fewest that hold a share do hold it, and would
   not without their smallest. #}

with

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

rules as (

    select * from {{ ref('super_emitter_rules') }}

),

summed as (

    select
        year,
        stressor_id,
        rule_id,
        count(*) as regions,
        sum(case when is_selected then 1 else 0 end) as selected,
        min(case when is_selected then measure_value end)
            as smallest_selected,
        max(case when not is_selected then measure_value end)
            as largest_left,
        sum(case when is_selected then measure_value else 0 end)
            as selected_footprint,
        sum(measure_value) as footprint
    from super_emitters
    group by 1, 2, 3

)

select
    summed.*,
    rules.kind
from summed
inner join rules using (rule_id)
where
    (
        rules.kind in ('largest_footprints', 'largest_share')
        and summed.smallest_selected < summed.largest_left
    )
    or (
        rules.kind = 'largest_footprints'
        and summed.selected
        <> least(
            summed.regions,
            ceil(
                cast(rules.take * summed.regions as double) / rules.of_every
            )
        )
    )
    or (
        rules.kind = 'largest_share'
        and summed.footprint > 0
        and not (
            summed.selected_footprint
            >= (rules.share - 1e-9) * summed.footprint
            and summed.selected_footprint - summed.smallest_selected
            <= rules.share * summed.footprint
        )
    )
