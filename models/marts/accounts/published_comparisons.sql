{# The accounts of countries beside those of the Global Carbon Budget, and
   footprints beside official ones that the dataset has; docs/compare.md. #}

{%- set has_analyses = is_chosen('analyses') %}
{%- set direct -%}
    case when not account_extents.has_direct_emissions
        then 'direct emissions of households' end
{%- endset %}
{%- set of_consumption = "'consumption, adjusted from the territory'" %}
{%- set errors -%}
    {{ 'select * from ' ~ ref('covariances') if has_analyses
    else "select 0 as year, '' as stressor_id, '' as region_id,"
    ~ " '' as other_region_id, 0 as covariance where false" }}
{%- endset %}
{%- set full_scopes -%}
    {{ 'select * from ' ~ ref('footprints_with_imports') if has_analyses
    else "select 0 as year, '' as stressor_id, '' as region_id,"
    ~ " 0 as full_footprint, true as is_default_method where false" }}
{%- endset %}
{#- no row where nothing errs; without analyses nobody knows -#}
{%- set standard_error = 'coalesce(standard_errors.standard_error, 0)'
    if has_analyses else 'cast(null as double)' %}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

variants as (

    select * from {{ ref('variant_figures') }}

),

membership as (

    select * from {{ ref('int_countries') }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

published as (

    {{ under_all_codes(ref('published_footprints')) }}

),

official as (

    select * from {{ ref('stg_official_footprints') }}

),

covariances as (

    {{ errors }}

),

full_scopes as (

    {{ full_scopes }}

),

countries as (

    select
        accounts.year,
        accounts.stressor_id,
        membership.country_id,
        membership.country_name,
        accounts.unit,
        sum(accounts.production_emissions) as production_emissions,
        sum(accounts.consumption_footprint) as consumption_footprint
    from accounts
    inner join membership using (region_id)
    group by 1, 2, 3, 4, 5

),

-- regions of a country err together
standard_errors as (

    select
        covariances.year,
        covariances.stressor_id,
        membership.country_id,
        sqrt(greatest(sum(covariances.covariance), 0)) as standard_error
    from covariances
    inner join membership using (region_id)
    inner join membership as partners using (country_id)
    where covariances.other_region_id = partners.region_id
    group by 1, 2, 3

),

of_variants as (

    select
        variants.variant,
        variants.year,
        variants.stressor_id,
        membership.country_id,
        sum(variants.consumption_footprint) as consumption_footprint
    from variants
    inner join membership using (region_id)
    group by 1, 2, 3, 4

),

ranges as (

    select
        year,
        stressor_id,
        country_id,
        min(consumption_footprint) as lowest,
        max(consumption_footprint) as highest
    from of_variants
    group by 1, 2, 3

),

-- of a compiled table an interval holds what its variants reach, or is none
intervals as (

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'consumption' as account_id,
        case
            when not dataset.is_compiled or ranges.lowest is not null
                then least(ranges.lowest, {{ interval_end(
                    'countries.consumption_footprint', standard_error, '-'
                ) }})
        end as footprint_p05,
        case
            when not dataset.is_compiled or ranges.highest is not null
                then greatest(ranges.highest, {{ interval_end(
                    'countries.consumption_footprint', standard_error, '+'
                ) }})
        end as footprint_p95
    from countries
    cross join dataset
    left join standard_errors using (year, stressor_id, country_id)
    left join ranges using (year, stressor_id, country_id)

),

-- in full scope, of one country: a table of the world knows its imports
full_footprints as (

    select
        full_scopes.year,
        full_scopes.stressor_id,
        membership.country_id,
        sum(full_scopes.full_footprint) as full_footprint
    from full_scopes
    inner join membership using (region_id)
    where full_scopes.is_default_method and not membership.is_of_the_world
    group by 1, 2, 3

),

side_by_side as (

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'production' as account_id,
        countries.country_name,
        countries.unit,
        countries.production_emissions as computed_emissions,
        {{ tonnes_of_carbon('published.territorial_mtc') }}
            as published_emissions,
        'emissions on the territory' as published_extent,
        coalesce({{ direct }}, '') as computed_leaves_out,
        'ships and aircraft between countries; residents abroad; land use'
            as published_leaves_out,
        published.source
    from countries
    inner join account_extents using (year, stressor_id)
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
        {{ tonnes_of_carbon('published.consumption_mtc') }}
            as published_emissions,
        {{ of_consumption }} as published_extent,
        account_extents.footprints_leave_out as computed_leaves_out,
        'ships and aircraft between countries; land use'
            as published_leaves_out,
        published.source
    from countries
    inner join account_extents using (year, stressor_id)
    inner join published using (year, stressor_id, country_id)

    union all

    select
        countries.year,
        countries.stressor_id,
        countries.country_id,
        'consumption_with_imports' as account_id,
        countries.country_name,
        countries.unit,
        full_footprints.full_footprint as computed_emissions,
        {{ tonnes_of_carbon('published.consumption_mtc') }}
            as published_emissions,
        {{ of_consumption }} as published_extent,
        concat_ws(
            '; ',
            {{ direct }},
            case
                when not outside_trade.has_final_imports
                    then 'imports of final users'
            end
        ) as computed_leaves_out,
        'ships and aircraft between countries; land use'
            as published_leaves_out,
        published.source
    from countries
    inner join full_footprints using (year, stressor_id, country_id)
    inner join account_extents using (year, stressor_id)
    inner join outside_trade using (year)
    inner join published using (year, stressor_id, country_id)

    union all by name

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id as country_id,
        'official' as account_id,
        accounts.region_name as country_name,
        accounts.unit,
        accounts.consumption_footprint as computed_emissions,
        official.published_emissions,
        official.extent as published_extent,
        account_extents.footprints_leave_out as computed_leaves_out,
        official.leaves_out as published_leaves_out,
        official.source
    from accounts
    inner join account_extents using (year, stressor_id)
    inner join official using (year, stressor_id, region_id)

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
