{# Who receives: the poorest regions that are no super-emitters, until they hold
   the receivers' share of all people; docs/methods.md, Quota. #}

{%- set group = ['year', 'stressor_id', 'rule_id'] %}

with

super_emitters as (

    select * from {{ ref('super_emitters') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

regions as (

    select
        super_emitters.year,
        super_emitters.stressor_id,
        super_emitters.rule_id,
        super_emitters.region_id,
        super_emitters.region_name,
        super_emitters.is_selected,
        super_emitters.is_default_rule,
        accounts.population,
        accounts.footprint_per_capita,
        {{ safe_divide('accounts.gdp', 'accounts.population') }}
            as gdp_per_capita,
        sum(accounts.population) over (
            partition by
                super_emitters.year,
                super_emitters.stressor_id,
                super_emitters.rule_id
        ) as total_population
    from super_emitters
    inner join accounts using (year, stressor_id, region_id)

),

candidates as (

    select
        *,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by gdp_per_capita asc nulls last, region_id asc
        ) as poverty_order
    from regions
    where not is_selected

),

cumulated as (

    select
        *,
        {{ running_total('population', group, 'poverty_order') }}
        - population as poorer_population
    from candidates

),

receivers as (

    select
        cumulated.*,
        coalesce(
            cumulated.population
            * greatest(
                0,
                income_curves.threshold_footprint_per_capita
                - cumulated.footprint_per_capita
            ),
            0
        ) as footprint_gap
    from cumulated
    inner join income_curves using (year, stressor_id)
    cross join choices
    -- the region that crosses the share is in; 0.55 of 100 people are 55, and
    -- not a rounded product that is above
    where
        cumulated.poorer_population
        < choices.receivers_share * cumulated.total_population
        * (1 - cast(1e-12 as double))

),

int_quota_receivers as (

    select
        year,
        stressor_id,
        rule_id,
        region_id,
        region_name,
        cast(poverty_order as integer) as poverty_order,
        population,
        {{ safe_divide('population', 'total_population') }}
            as population_share,
        gdp_per_capita,
        footprint_per_capita,
        footprint_gap,
        -- smallest footprint per person first: what a rising level covers
        cast(
            {{ running_total(
                'population', group, 'footprint_per_capita, region_id'
            ) }} as bigint
        ) as covered_population,
        {{ running_total(
            'population * footprint_per_capita',
            group,
            'footprint_per_capita, region_id'
        ) }} as covered_footprint,
        is_default_rule
    from receivers

)

select * from int_quota_receivers
