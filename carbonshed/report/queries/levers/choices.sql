select
    choices.receivers_share,
    premises.country,
    premises.is_incomplete,
    premises.footprints,
    premises.published,
    premises.is_one_structure,
    curves.income_elasticity,
    curves.largest_footprint_per_capita,
    curves.largest_gdp_per_capita,
    curves.threshold_footprint_per_capita
from int_policy_choices as choices
cross join int_premises as premises
left join int_income_curves as curves using (year, stressor_id)
where
    premises.year = $year
    and premises.stressor_id = $stressor
