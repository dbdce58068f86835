{# What kind of region each one is, and which pathway fits it; docs/methods.md,
   Typology. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

industries as (

    select * from {{ ref('int_industry_types') }}

),

roles as (

    select * from {{ ref('supply_chain_roles') }}

),

pathway_choices as (

    select * from {{ ref('pathway_choices') }}

),

pathways as (

    select * from {{ ref('pathways') }}

),

-- rankings hold the ranked regions and mass stressors only
ranked as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.region_name,
        {{ safe_divide('accounts.gdp', 'accounts.population') }}
            as gdp_per_capita,
        {{ safe_divide(
            'sum(accounts.gdp) over (
                partition by accounts.year, accounts.stressor_id
            )',
            'sum(accounts.population) over (
                partition by accounts.year, accounts.stressor_id
            )'
        ) }} as mean_gdp_per_capita,
        count(*) over (
            partition by accounts.year, accounts.stressor_id
        ) - count(accounts.gdp) over (
            partition by accounts.year, accounts.stressor_id
        ) as regions_without_gdp,
        {{ safe_divide(
            '(accounts.local_emissions + accounts.outflow_emissions'
            ~ ' + accounts.direct_emissions)',
            'accounts.consumption_footprint'
        ) }} as supply_chain_ratio
    from accounts
    inner join rankings using (year, stressor_id, region_id)

),

-- the role that has no bounds is the one of all others
other_role as (

    select supply_chain_role
    from roles
    where ratio_from is null and ratio_to is null

),

typed as (

    select
        ranked.year,
        ranked.stressor_id,
        ranked.region_id,
        ranked.region_name,
        ranked.gdp_per_capita,
        ranked.supply_chain_ratio,
        industries.industry_type,
        industries.location_quotient,
        case
            when
                ranked.regions_without_gdp > 0
                or ranked.gdp_per_capita is null
                then null
            when
                {{ exceeds(
                    'ranked.mean_gdp_per_capita', 'ranked.gdp_per_capita'
                ) }}
                then 'low'
            else 'high'
        end as affluence,
        coalesce(roles.supply_chain_role, other_role.supply_chain_role)
            as supply_chain_role
    from ranked
    cross join other_role
    left join roles
        on
            coalesce(roles.ratio_from, roles.ratio_to) is not null
            -- a ratio within rounding of a bound has reached it
            and not {{ exceeds(
                'coalesce(roles.ratio_from, ranked.supply_chain_ratio)',
                'ranked.supply_chain_ratio'
            ) }}
            and not {{ exceeds(
                'ranked.supply_chain_ratio',
                'coalesce(roles.ratio_to, ranked.supply_chain_ratio)'
            ) }}
    left join industries using (year, region_id)

),

mitigation_typology as (

    select
        typed.year,
        typed.stressor_id,
        typed.region_id,
        typed.affluence,
        typed.industry_type,
        typed.supply_chain_role,
        pathway_choices.pathway_id,
        typed.region_name,
        typed.gdp_per_capita,
        typed.location_quotient,
        typed.supply_chain_ratio,
        pathways.has_producer_lever,
        pathways.has_consumer_lever,
        't' as unit
    from typed
    left join pathway_choices
        on
            typed.supply_chain_role = pathway_choices.supply_chain_role
            and coalesce(typed.affluence, 'unknown')
            = pathway_choices.affluence
    left join pathways using (pathway_id)

)

select * from mitigation_typology
