-- every price, the one that is shown first at the top; none without that one
select
    price_id,
    price_name,
    price,
    revenue,
    burden,
    covered_share,
    abroad,
    dividend_per_capita,
    winners_population_share,
    household_dividend_per_capita,
    group_winners_population_share,
    kakwani_index,
    household_kakwani_index,
    incidence,
    poorest_fifth_gdp_share,
    richest_fifth_gdp_share,
    poorest_fifth_household_share,
    richest_fifth_household_share,
    coalesce(
        least(poorest_fifth_regions, richest_fifth_regions) >= 3
        and fifth_largest_region_share <= 0.5,
        false
    ) as has_fifths,
    price_note,
    is_default
from carbon_price_summary
where
    year = $year
    and stressor_id = $stressor
qualify bool_or(is_default) over ()
order by is_default desc, price_id asc
