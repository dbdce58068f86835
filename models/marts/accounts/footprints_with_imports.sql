{# Footprints with what imports cause abroad; docs/methods.md, Full scope. #}

{{ config(enabled=is_chosen('analyses')) }}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

intensities as (

    select * from {{ ref('int_import_intensities') }}

),

imports as (

    select * from {{ ref('int_emissions_of_imports') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

-- direct emissions and imports of final users are what a table may lack
bounds as (

    select
        account_extents.year,
        account_extents.stressor_id,
        not account_extents.has_direct_emissions
        or not outside_trade.has_final_imports as is_lower_bound
    from account_extents
    inner join outside_trade using (year)

),

membership as (

    select * from {{ ref('int_countries') }}

),

published as (

    select
        year,
        stressor_id,
        country_id,
        {{ tonnes_of_carbon('consumption_mtc') }} as published_emissions
    from {{ ref('published_footprints') }}

),

methods as (

    select distinct
        year,
        stressor_id,
        method_id,
        is_default_method
    from intensities

),

comparators_by_year as (

    select
        year,
        stressor_id,
        max(case when comparator_id = 'world' then tonnes_per_person end)
            as world,
        max(
            case
                when comparator_id = 'united_states_consumption'
                    then tonnes_per_person
            end
        ) as united_states
    from comparators
    group by 1, 2

),

parts as (

    select
        methods.year,
        methods.stressor_id,
        methods.method_id,
        accounts.region_id,
        accounts.region_name,
        accounts.population,
        accounts.consumption_footprint as domestic_footprint,
        accounts.footprint_per_capita as domestic_footprint_per_capita,
        coalesce(imports.in_production, 0) as imports_in_production,
        coalesce(imports.of_final_users, 0) as imports_of_final_users,
        coalesce(imports.in_exports, 0) as imports_in_exports,
        coalesce(imports.unattributed, 0) as imports_unattributed,
        accounts.is_ranked,
        methods.is_default_method,
        {{ is_united_states('accounts') }} as is_united_states,
        membership.country_id
    from methods
    inner join accounts using (year, stressor_id)
    left join membership using (region_id)
    left join imports using (year, stressor_id, method_id, region_id)

),

full_footprints as (

    select
        *,
        domestic_footprint + imports_in_production + imports_of_final_users
            as full_footprint
    from parts

),

countries as (

    select
        full_footprints.year,
        full_footprints.stressor_id,
        full_footprints.method_id,
        full_footprints.country_id,
        published.published_emissions,
        sum(full_footprints.full_footprint) / published.published_emissions - 1
            as relative_difference_to_published
    from full_footprints
    inner join published using (year, stressor_id, country_id)
    group by 1, 2, 3, 4, 5

),

per_person as (

    select
        *,
        {{ safe_divide('full_footprint', 'population') }}
            as full_footprint_per_capita,
        case
            when is_ranked
                then
                    cast(
                        rank() over (
                            partition by
                                year, stressor_id, method_id, is_ranked
                            order by full_footprint desc
                        ) as integer
                    )
        end as full_footprint_rank
    from full_footprints

),

footprints_with_imports as (

    select
        per_person.* exclude (
            population, is_ranked, is_united_states, country_id
        ),
        {{ safe_divide(
            'per_person.full_footprint_per_capita', 'comparators.world'
        ) }} as world_average_ratio,
        -- nothing is held against itself
        case
            when per_person.is_united_states then null
            else
                {{ safe_divide(
                    'per_person.full_footprint_per_capita',
                    'comparators.united_states'
                ) }}
        end as us_ratio,
        {{ world_comparison(
            'per_person.full_footprint_per_capita',
            'comparators.world',
            'bounds.is_lower_bound'
        ) }} as world_comparison,
        't' as unit,
        bounds.is_lower_bound,
        countries.published_emissions,
        countries.relative_difference_to_published
    from per_person
    inner join bounds using (year, stressor_id)
    left join countries using (year, stressor_id, method_id, country_id)
    left join comparators_by_year as comparators using (year, stressor_id)

)

select * from footprints_with_imports
