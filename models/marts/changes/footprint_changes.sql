{# The reasons of a change since the year before: exact Shapley values, the
   mean over all orders in which the changes may come; docs/methods.md, Change
   between two years. 0 is the base year, 1 the year. #}

{#- regular demand and other demand: the players, and the weights of a step
    after no other change, after one, ...: shares of 60, and of 6 -#}
{%- set terms = [
    (
        'is_regular',
        [
            'intensity', 'technology', 'final_sourcing', 'product_mix',
            'demand_per_head', 'population'
        ],
        [10, 2, 1, 1, 2, 10],
        60
    ),
    (
        'not is_regular',
        ['intensity', 'technology', 'other_demand'],
        [2, 1, 2],
        6
    )
] %}
{#- the step of technology that the use of inputs makes is technology 2 in
    int_mixed_footprints, and comes where technology has not -#}
{%- set parts = ['input_use', 'input_sourcing']
    if is_chosen('technology_split') else [] %}
{%- set effects = terms[0][1] + ['other_demand', 'direct_emissions'] + parts %}

{{ config(enabled=is_chosen('analyses')) }}

with

pairs as (

    select * from {{ ref('int_year_pairs') }}

),

mixed_footprints as (

    select * from {{ ref('int_mixed_footprints') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('stressors') }}

),

-- accounts of both years
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
            as direct_change
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

parts as (

    {% for demand, players, weights, whole in terms %}
        {% for effect in players + parts[:1] %}
            {%- set is_part = effect in parts %}
            select
                year,
                base_year,
                stressor_id,
                region_id,
                '{{ effect }}' as effect_id,
                sum(
                    emissions * (2 * {{ 1 if is_part else effect }} - 1)
                    * case changes - {{ 1 if is_part else effect }}
                        {% for weight in weights %}
                            when {{ loop.index0 }} then {{ weight }}
                        {% endfor %}
                    end
                ) / {{ whole }} as amount
            from mixed_footprints
            where {{ demand }} and technology {{ '=' if is_part else '<' }} 2
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

-- the rest of technology
sourcing as (

    select
        year,
        base_year,
        stressor_id,
        region_id,
        'input_sourcing' as effect_id,
        sum(case effect_id when 'technology' then amount else -amount end)
            as amount
    from changes
    where effect_id in ('technology', 'input_use')
    group by 1, 2, 3, 4

),

changes_and_sourcing as (

    select * from changes

    union all

    select * from sourcing

),

footprint_changes as (

    select
        compared.year,
        compared.stressor_id,
        compared.base_year,
        compared.region_id,
        effects.effect_id,
        coalesce(parts.amount, 0)
            as change,  -- noqa: RF04, the promised name
        effects.effect_id not in ('input_use', 'input_sourcing')
            as is_additive,
        compared.is_deflated,
        compared.unit,
        compared.region_name
    from compared
    cross join effects
    left join changes_and_sourcing as parts
        using (year, base_year, stressor_id, region_id, effect_id)

)

select * from footprint_changes
