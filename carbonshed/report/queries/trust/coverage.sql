-- regions of one type are what the dataset calls them: a state is no province

with

types as (

    select count(distinct region_type) filter (where is_ranked) as ranked
    from regional_accounts

)

select
    case
        when regional.is_ranked and types.ranked = 1
            then coalesce(dataset.region_noun, regional.region_type)
        else regional.region_type
    end as region_type,
    count(*) as regions,
    count(regional.population) as with_population,
    count(regional.gdp) as with_gdp,
    count(*) filter (where regional.is_ranked and regional.gdp is null)
        as ranked_without_gdp,
    sum(regional.population) as population,
    sum(regional.production_emissions) as production_emissions,
    sum(regional.unattributed_emissions) as unattributed_emissions
from regional_accounts as regional
cross join types
cross join dataset
where
    regional.year = $year
    and regional.stressor_id = $stressor
group by 1
order by 2 desc, 1
