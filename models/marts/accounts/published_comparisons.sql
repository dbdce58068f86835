{# The accounts of countries beside those that the Global Carbon Budget
   publishes; docs/compare.md. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

scopes as (

    select * from {{ ref('scopes') }}

),

published as (

    select * from {{ ref('published_footprints') }}

),

-- of a table of the world each region is a country; a table of one country is
-- that country, all regions together, but for what lies around it
own_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.unit,
        accounts.production_emissions,
        accounts.consumption_footprint,
        case
            when dataset.country = 'WLD' then accounts.region_id
            else dataset.country
        end as country_id,
        case
            when dataset.country = 'WLD' then accounts.region_name
            else dataset.country
        end as country_name
    from accounts
    cross join dataset
    where
        dataset.country = 'WLD' or accounts.region_type <> 'rest_of_world'

),

countries as (

    select
        year,
        stressor_id,
        country_id,
        country_name,
        unit,
        sum(production_emissions) as production_emissions,
        sum(consumption_footprint) as consumption_footprint
    from own_accounts
    group by 1, 2, 3, 4, 5

),

-- million tonnes of carbon; a tonne of it is in 3.664 t of CO2
side_by_side as (

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'production' as account_id,
        countries.country_name,
        countries.unit,
        countries.production_emissions as computed_emissions,
        published.territorial_mtc * 3.664e6 as published_emissions,
        case
            when scopes.has_direct_emissions then ''
            else 'direct emissions of households'
        end as computed_leaves_out,
        'ships and aircraft between countries; residents abroad; land use'
            as published_leaves_out,
        published.source
    from countries
    inner join scopes using (year, stressor_id)
    inner join published using (year, stressor_id, country_id)

    union all

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'consumption' as account_id,
        countries.country_name,
        countries.unit,
        countries.consumption_footprint as computed_emissions,
        published.consumption_mtc * 3.664e6 as published_emissions,
        scopes.footprints_leave_out as computed_leaves_out,
        'ships and aircraft between countries; land use'
            as published_leaves_out,
        published.source
    from countries
    inner join scopes using (year, stressor_id)
    inner join published using (year, stressor_id, country_id)

),

published_comparisons as (

    select
        year,
        stressor_id,
        country_id,
        account_id,
        country_name,
        unit,
        computed_emissions,
        published_emissions,
        computed_emissions - published_emissions as difference,
        computed_emissions / published_emissions - 1 as relative_difference,
        computed_leaves_out,
        published_leaves_out,
        source
    from side_by_side
    -- the budget is of mass: a stressor of that name in money is another
    where unit = 't'

)

select * from published_comparisons
