{# The ranking without its errors, so that no other model waits for these;
   docs/methods.md, Rankings. #}

{%- set group = ['year', 'stressor_id'] %}
{%- set ranks = {
    'footprint_rank': 'consumption_footprint',
    'footprint_per_capita_rank': 'footprint_per_capita',
    'production_rank': 'production_emissions',
    'production_per_capita_rank': 'production_per_capita',
} %}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

account_extents as (

    select * from {{ ref('account_extents') }}

),

comparators_by_year as (

    select
        year,
        stressor_id,
        max(case when comparator_id = 'world' then tonnes_per_person end)
            as world_average,
        max(case when comparator_id = 'world' then comparator_year end)
            as comparator_year,
        max(
            case
                when comparator_id = 'united_states_consumption'
                    then tonnes_per_person
            end
        ) as us_footprint,
        max(
            case
                when comparator_id = 'united_states_consumption'
                    then comparator_year
            end
        ) as us_comparator_year
    from comparators
    group by 1, 2

),

ranked_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        accounts.region_name,
        accounts.population,
        accounts.consumption_footprint,
        accounts.production_emissions,
        accounts.footprint_per_capita,
        accounts.production_per_capita,
        {{ is_united_states('regions') }} as is_united_states
    from accounts
    inner join regions using (region_id)
    inner join stressors using (stressor_id)
    where
        regions.is_ranked
        and stressors.is_mass

),

ranks as (

    select
        *,
        {% for rank, value in ranks.items() %}
            cast(
                rank() over (
                    partition by {{ group | join(', ') }}
                    order by {{ value }} desc
                ) as integer
            ) as {{ rank }},
        {% endfor %}
        row_number() over (
            partition by {{ group | join(', ') }}
            order by consumption_footprint desc, region_id asc
        ) as footprint_position,
        count(*) over (
            partition by {{ group | join(', ') }}
        ) as regions,
        sum(consumption_footprint) over (
            partition by {{ group | join(', ') }}
        ) as total_footprint
    from ranked_accounts

),

accumulated as (

    select
        *,
        {{ running_total(
            'consumption_footprint', group, 'footprint_position'
        ) }} as cumulative_footprint
    from ranks

),

int_footprint_rankings as (

    select
        accumulated.* exclude (
            is_united_states,
            footprint_position,
            regions,
            total_footprint,
            cumulative_footprint
        ),
        case
            when accumulated.total_footprint = 0 then null
            -- all of it is 1, not 1 within rounding
            when accumulated.footprint_position = accumulated.regions
                then cast(1 as double)
            else
                accumulated.cumulative_footprint
                / nullif(accumulated.total_footprint, 0)
        end as cumulative_footprint_share,
        {{ safe_divide(
            'accumulated.footprint_per_capita',
            'comparators_by_year.world_average'
        ) }} as world_average_ratio,
        -- nothing is held against itself
        case
            when accumulated.is_united_states then null
            else
                {{ safe_divide(
                    'accumulated.footprint_per_capita',
                    'comparators_by_year.us_footprint'
                ) }}
        end as us_ratio,
        accumulated.footprint_per_capita
        > comparators_by_year.world_average as is_above_world_average,
        comparators_by_year.comparator_year,
        account_extents.is_lower_bound,
        {{ world_comparison(
            'accumulated.footprint_per_capita',
            'comparators_by_year.world_average',
            'account_extents.is_lower_bound'
        ) }} as world_comparison,
        comparators_by_year.us_comparator_year
    from accumulated
    inner join account_extents using (year, stressor_id)
    left join comparators_by_year using (year, stressor_id)

)

select * from int_footprint_rankings
