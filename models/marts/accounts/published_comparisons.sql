{# The accounts of countries beside those that the Global Carbon Budget
   publishes; docs/compare.md. #}

{%- set has_errors = chosen_var('analyses') | string == 'True' %}
{%- set errors -%}
    {{ 'select * from ' ~ ref('covariances') if has_errors
    else "select 0 as year, '' as stressor_id, '' as region_id,"
    ~ " '' as other_region_id, 0 as covariance where false" }}
{%- endset %}
{#- no row where nothing errs; without analyses nobody knows -#}
{%- set standard_error =
    'coalesce(standard_errors.standard_error, 0)' if has_errors
    else 'cast(null as double)' %}

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

covariances as (

    {{ errors }}

),

-- of a table of the world each region is a country; a table of one country is
-- that country, all regions together, but for what lies around it
own_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
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

-- regions of a country err together
standard_errors as (

    select
        own_accounts.year,
        own_accounts.stressor_id,
        own_accounts.country_id,
        sqrt(greatest(sum(covariances.covariance), 0)) as standard_error
    from own_accounts
    inner join covariances using (year, stressor_id, region_id)
    inner join own_accounts as other_accounts
        on
            own_accounts.year = other_accounts.year
            and own_accounts.stressor_id = other_accounts.stressor_id
            and own_accounts.country_id = other_accounts.country_id
            and covariances.other_region_id = other_accounts.region_id
    group by 1, 2, 3

),

intervals as (

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'consumption' as account_id,
        {{ interval_end(
            'countries.consumption_footprint', standard_error, '-'
        ) }} as footprint_p05,
        {{ interval_end(
            'countries.consumption_footprint', standard_error, '+'
        ) }} as footprint_p95
    from countries
    left join standard_errors using (year, stressor_id, country_id)

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
        side_by_side.*,
        side_by_side.computed_emissions - side_by_side.published_emissions
            as difference,
        side_by_side.computed_emissions / side_by_side.published_emissions - 1
            as relative_difference,
        intervals.footprint_p05,
        intervals.footprint_p95,
        side_by_side.published_emissions
        between intervals.footprint_p05
        and intervals.footprint_p95 as is_inside_interval
    from side_by_side
    left join intervals using (year, stressor_id, country_id, account_id)
    -- the budget is of mass: a stressor of that name in money is another
    where side_by_side.unit = 't'

)

select * from published_comparisons
