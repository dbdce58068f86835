with

effects as (

    select
        year,
        stressor_id,
        base_year,
        is_deflated,
        effect_id,
        sum(change) as change  -- noqa: RF04, the promised name
    from footprint_changes
    where
        year = $year
        and stressor_id = $stressor
        and is_additive
    group by 1, 2, 3, 4, 5

),

totals as (

    select
        year,
        stressor_id,
        sum(consumption_footprint) as footprint
    from regional_accounts
    group by 1, 2

)

select
    effects.base_year,
    effects.is_deflated,
    effects.effect_id,
    effects.change,
    base_totals.footprint as base_footprint,
    totals.footprint
from effects
inner join totals using (year, stressor_id)
inner join totals as base_totals
    on
        effects.base_year = base_totals.year
        and effects.stressor_id = base_totals.stressor_id
order by abs(effects.change) desc, effects.effect_id asc
