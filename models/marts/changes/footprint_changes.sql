{# The reasons of a change since the year before: exact Shapley values, the
   mean over all orders in which the changes may come; docs/methods.md, Change
   between two years. 0 is the base year, 1 the year. #}

{%- set states = ['00', '01', '10', '11'] %}
{#- the players, in regular demand and in other demand; and the weights of
    its step after no other change, after one, ...: shares of 60, and of 6 -#}
{%- set players = [
    'intensity', 'technology', 'final_sourcing', 'product_mix',
    'demand_per_head', 'population'
] %}
{%- set weights = [10, 2, 1, 1, 2, 10] %}
{%- set other_players = ['intensity', 'technology', 'other_demand'] %}
{%- set other_weights = [2, 1, 2] %}
{%- set effects = players + ['other_demand', 'direct_emissions'] %}

{{ config(enabled=is_chosen('analyses')) }}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

products as (

    select * from {{ ref('int_changed_products') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

-- accounts of both years, and people, where these are known in both
compared as (

    select
        pairs.year,
        pairs.base_year,
        pairs.is_deflated,
        accounts.stressor_id,
        accounts.unit,
        accounts.region_id,
        accounts.region_name,
        accounts.direct_emissions - base_accounts.direct_emissions
            as direct_change,
        case
            when accounts.population > 0 and base_accounts.population > 0
                then cast(base_accounts.population as double)
            else 1
        end as people_0,
        case
            when accounts.population > 0 and base_accounts.population > 0
                then cast(accounts.population as double)
            else 1
        end as people_1
    from pairs
    inner join accounts on pairs.year = accounts.year
    inner join accounts as base_accounts
        on
            pairs.base_year = base_accounts.year
            and accounts.stressor_id = base_accounts.stressor_id
            and accounts.region_id = base_accounts.region_id
    inner join stressors on accounts.stressor_id = stressors.stressor_id
    where stressors.is_mass

),

moments as (

    select 0 as moment

    union all

    select 1 as moment

),

-- every set of changes that may have come already
{% for name, members in (
    ('coalitions', players), ('other_coalitions', other_players)
) -%}
    {{ name }} as (

        select
            {% for player in members %}
                of_{{ player }}.moment as {{ player }},
            {% endfor %}
            {% for player in members %}
                {{- "of_" ~ player ~ ".moment" ~ (" + " if not loop.last) }}
            {%- endfor %} as changes
        from moments as of_{{ members[0] }}
        {% for player in members[1:] %}
            cross join moments as of_{{ player }}
        {% endfor %}

    ),

{% endfor -%}
regular_products as (

    select
        *,
        count(*) over (
            partition by year, base_year, stressor_id, region_id, sector_id
        ) as years_bought
    from products
    where is_regular

),

-- emissions per unit of a product, by where it comes from; of a year in which
-- it is not bought, as in the other
sourcing as (

    select
        regular_products.year,
        regular_products.base_year,
        regular_products.stressor_id,
        regular_products.region_id,
        regular_products.sector_id,
        moments.moment as final_sourcing,
    {% for state in states %}
        regular_products.emissions_{{ state }} / regular_products.amount
            as intensity_{{ state }}{{ "," if not loop.last }}
    {% endfor %}
    from regular_products
    inner join moments
        on
            regular_products.demand_state = moments.moment
            or regular_products.years_bought = 1

),

-- and per unit of demand, by what is bought
mixes as (

    select
        sourcing.year,
        sourcing.base_year,
        sourcing.stressor_id,
        sourcing.region_id,
        sourcing.final_sourcing,
        bought.demand_state as product_mix,
    {% for state in states %}
        sum(
            sourcing.intensity_{{ state }}
            * bought.amount / bought.regular_demand
        ) as intensity_{{ state }}{{ "," if not loop.last }}
    {% endfor %}
    from sourcing
    inner join regular_products as bought
        using (year, base_year, stressor_id, region_id, sector_id)
    group by 1, 2, 3, 4, 5, 6

),

demand as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        max(case when demand_state = 0 then regular_demand end) as demand_0,
        max(case when demand_state = 1 then regular_demand end) as demand_1
    from regular_products
    group by 1, 2, 3, 4

),

regular as (

    select
        mixes.year,
        mixes.base_year,
        mixes.stressor_id,
        mixes.region_id,
        {% for player in players %}
            coalitions.{{ player }},
        {% endfor %}
        coalitions.changes,
        case
            when coalitions.population = 1 then compared.people_1
            else compared.people_0
        end
        * case
            when coalitions.demand_per_head = 1
                then demand.demand_1 / compared.people_1
            else demand.demand_0 / compared.people_0
        end
        * case
            {% for state in states %}
                when
                    coalitions.intensity = {{ state[0] }}
                    and coalitions.technology = {{ state[1] }}
                    then mixes.intensity_{{ state }}
            {% endfor %}
        end as emissions
    from mixes
    inner join coalitions using (final_sourcing, product_mix)
    inner join demand using (year, base_year, stressor_id, region_id)
    inner join compared using (year, base_year, stressor_id, region_id)

),

other_demand as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        demand_state as other_demand,
    {% for state in states %}
        sum(emissions_{{ state }}) as emissions_{{ state }}
        {{- "," if not loop.last }}
    {% endfor %}
    from products
    where not is_regular
    group by 1, 2, 3, 4, 5

),

other as (

    select
        other_demand.year,
        other_demand.base_year,
        other_demand.stressor_id,
        other_demand.region_id,
        {% for player in other_players %}
            coalitions.{{ player }},
        {% endfor %}
        coalitions.changes,
        case
            {% for state in states %}
                when
                    coalitions.intensity = {{ state[0] }}
                    and coalitions.technology = {{ state[1] }}
                    then other_demand.emissions_{{ state }}
            {% endfor %}
        end as emissions
    from other_demand
    inner join other_coalitions as coalitions using (other_demand)

),

parts as (

    {% for source, members, shares, whole in (
        ('regular', players, weights, 60),
        ('other', other_players, other_weights, 6)
    ) %}
        {% for player in members %}
            select
                year,
                base_year,
                stressor_id,
                region_id,
                '{{ player }}' as effect_id,
                sum(
                    emissions * (2 * {{ player }} - 1)
                    * case changes - {{ player }}
                        {% for share in shares %}
                            when {{ loop.index0 }} then {{ share }}
                        {% endfor %}
                    end
                ) / {{ whole }} as amount
            from {{ source }}
            group by 1, 2, 3, 4

            union all

        {% endfor %}
    {% endfor %}
    select
        year,
        base_year,
        stressor_id,
        region_id,
        'direct_emissions' as effect_id,
        direct_change as amount
    from compared

),

effects as (

    {% for effect in effects %}
        select '{{ effect }}' as effect_id
        {{- "\n\n    union all\n" if not loop.last }}
    {% endfor %}

),

changes as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        effect_id,
        sum(amount) as amount
    from parts
    group by 1, 2, 3, 4, 5

),

footprint_changes as (

    select
        compared.year,
        compared.stressor_id,
        compared.base_year,
        compared.region_id,
        effects.effect_id,
        coalesce(changes.amount, 0)
            as change,  -- noqa: RF04, the promised name
        true as is_additive,
        compared.is_deflated,
        compared.unit,
        compared.region_name
    from compared
    cross join effects
    left join changes
        using (year, base_year, stressor_id, region_id, effect_id)

)

select * from footprint_changes
