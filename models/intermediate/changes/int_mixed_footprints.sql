{# The footprint of a region in every mixture of the two years of a pair: some
   of the changes have come, the others have not; docs/methods.md, Change
   between two years. Kept, for every effect is made of all of it. 0 is the base
   year, 1 the year. #}

{%- set splits = is_chosen('technology_split') %}
{%- set states = ['00', '01', '10', '11'] + (['02', '12'] if splits else []) %}
{#- the players, in regular demand and in other demand -#}
{%- set players = [
    'intensity', 'technology', 'final_sourcing', 'product_mix',
    'demand_per_head', 'population'
] %}
{%- set other_players = ['intensity', 'technology', 'other_demand'] %}

{{ config(enabled=is_chosen('analyses'), tags=['analyses']) }}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

products as (

    select * from {{ ref('int_changed_products') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

-- people, where these are known in both years
people as (

    select
        pairs.year,
        pairs.base_year,
        region_years.region_id,
        case
            when region_years.population > 0 and base_years.population > 0
                then cast(base_years.population as double)
            else 1
        end as people_0,
        case
            when region_years.population > 0 and base_years.population > 0
                then cast(region_years.population as double)
            else 1
        end as people_1
    from pairs
    inner join region_years on pairs.year = region_years.year
    inner join region_years as base_years
        on
            pairs.base_year = base_years.year
            and region_years.region_id = base_years.region_id

),

moments as (

    select 0 as moment

    union all

    select 1 as moment

),

-- 2 is the step of technology that the use of inputs makes
technologies as (

    select moment from moments

    {% if splits %}
        union all

        select 2 as moment
    {% endif %}

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
                least(of_{{ player }}.moment, 1) {{- " +" if not loop.last }}
            {% endfor %} as changes
        from moments as of_{{ members[0] }}
        {% for player in members[1:] %}
            cross join {{ 'technologies' if player == 'technology'
                else 'moments' }} as of_{{ player }}
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
            when coalitions.population = 1 then people.people_1
            else people.people_0
        end
        * case
            when coalitions.demand_per_head = 1
                then demand.demand_1 / people.people_1
            else demand.demand_0 / people.people_0
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
    inner join people using (year, base_year, region_id)

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

int_mixed_footprints as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        true as is_regular,
        {% for player in players %}
            {{ player }},
        {% endfor %}
        cast(null as integer) as other_demand,
        changes,
        emissions
    from regular

    union all

    select
        year,
        base_year,
        stressor_id,
        region_id,
        false as is_regular,
        {% for player in players %}
            {{ player if player in other_players
                else "cast(null as integer)" }} as {{ player }},
        {% endfor %}
        other_demand,
        changes,
        emissions
    from other

)

select * from int_mixed_footprints
