select
    choices.receivers_share,
    curves.income_elasticity as elasticity,
    curves.largest_footprint_per_capita as largest_footprint,
    curves.largest_gdp_per_capita as largest_income,
    curves.threshold_footprint_per_capita as threshold_footprint,
    premises.country,
    premises.is_incomplete,
    premises.footprints,
    premises.published,
    premises.is_one_structure
from int_policy_choices as choices
cross join int_premises as premises
left join int_income_curves as curves using (year, stressor_id)
where
    premises.year = $year
    and premises.stressor_id = $stressor
