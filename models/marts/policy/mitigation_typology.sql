{# What kind of region each one is, and which pathway fits it; docs/methods.md,
   Typology. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_types as (

    select * from {{ ref('int_region_types') }}

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

ranked as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.region_name,
        region_types.affluence,
        region_types.industry_type,
        region_types.gdp_per_capita,
        region_types.location_quotient,
        {{ safe_divide(
            '(accounts.local_emissions + accounts.outflow_emissions'
            ~ ' + accounts.direct_emissions)',
            'accounts.consumption_footprint'
        ) }} as supply_chain_ratio
    from accounts
    inner join stressors using (stressor_id)
    inner join region_types using (year, region_id)
    where stressors.is_mass

),

-- the role that has no bounds is the one of all others
other_role as (

    select supply_chain_role
    from roles
    where ratio_from is null and ratio_to is null

),

typed as (

    select
        ranked.*,
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

),

mitigation_typology as (

    select
        typed.*,
        pathway_choices.pathway_id,
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
