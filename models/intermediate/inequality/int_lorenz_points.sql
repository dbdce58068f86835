{# One amount per measure and ranked region, poorest first, with shares and
   running shares; docs/methods.md, Inequality. The indices, the curve and the
   deciles read this. #}

{%- set group = ['year', 'stressor_id', 'measure'] %}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

ranked_accounts as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id,
        region_years.parent_region_id,
        accounts.population,
        region_years.gdp_per_capita,
        accounts.consumption_footprint,
        accounts.production_emissions,
        accounts.household_footprint,
        accounts.gdp
    from accounts
    inner join stressors using (stressor_id)
    inner join region_years using (year, region_id)
    where
        stressors.is_mass
        and region_years.is_ranked

),

measures as (

    {% for measure in [
        'consumption_footprint',
        'production_emissions',
        'household_footprint',
        'gdp',
    ] %}
        select
            year,
            stressor_id,
            '{{ measure }}' as measure,
            region_id,
            parent_region_id,
            population,
            gdp_per_capita,
            cast({{ measure }} as double) as amount,
            {{ safe_divide(measure, 'population') }} as per_capita
        from ranked_accounts
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

sorted as (

    select
        *,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by per_capita, region_id
        ) as rank_order,
        count(*) over (
            partition by {{ group | join(', ') }}
        ) as regions,
        count(amount) over (
            partition by {{ group | join(', ') }}
        ) as regions_with_amount,
        count(gdp_per_capita) over (
            partition by {{ group | join(', ') }}
        ) as regions_with_gdp,
        sum(population) over (
            partition by {{ group | join(', ') }}
        ) as total_population,
        sum(amount) over (
            partition by {{ group | join(', ') }}
        ) as total_amount
    from measures

),

-- without a positive total there is no share, and without one region's GDP
-- there is no total
accumulated as (

    select
        *,
        {{ running_total('population', group, 'rank_order') }}
            as cumulative_population,
        {{ running_total('amount', group, 'rank_order') }}
            as cumulative_amount,
        {{ running_total('amount', group, 'gdp_per_capita, region_id') }}
            as cumulative_amount_by_gdp
    from sorted
    where
        total_amount > 0
        and regions_with_amount = regions

),

int_lorenz_points as (

    select
        year,
        stressor_id,
        measure,
        region_id,
        parent_region_id,
        rank_order,
        regions,
        population,
        cast(cumulative_population as bigint) as cumulative_population,
        cast(total_population as bigint) as total_population,
        gdp_per_capita,
        amount,
        per_capita,
        {{ safe_divide('population', 'total_population') }}
            as population_share,
        {{ safe_divide('amount', 'total_amount') }} as amount_share,
        {{ safe_divide('cumulative_population', 'total_population') }}
            as cumulative_population_share,
        -- the curve ends in (1, 1), not within rounding of it
        case
            when rank_order = regions then cast(1 as double)
            else {{ safe_divide('cumulative_amount', 'total_amount') }}
        end as cumulative_amount_share,
        case
            when regions_with_gdp = regions
                then
                    {{ safe_divide(
                        'cumulative_amount_by_gdp', 'total_amount'
                    ) }}
        end as cumulative_amount_share_by_gdp
    from accumulated

)

select * from int_lorenz_points
