select
    answers.region_id,
    answers.region_name,
    answers.production_emissions,
    answers.consumption_footprint,
    answers.income_emissions,
    answers.shared_emissions,
    answers.shared_by_value_added,
    answers.technology_adjusted_footprint,
    rankings.production_rank,
    rankings.footprint_rank,
    case
        when answers.income_emissions is not null
            then rank() over (order by answers.income_emissions desc)
    end as income_rank,
    rank() over (order by answers.shared_emissions desc) as shared_rank,
    rank() over (order by answers.technology_adjusted_footprint desc)
        as technology_rank
from responsibility as answers
inner join footprint_rankings as rankings using (year, stressor_id, region_id)
where
    answers.year = $year
    and answers.stressor_id = $stressor
order by
    greatest(answers.production_emissions, answers.consumption_footprint) desc,
    answers.region_id asc
