{# Regions in line, poorest first, with their shares and running shares;
   docs/methods.md, Inequality. The indices, the curve and the deciles read
   this. #}

{%- set group = ['year', 'stressor_id', 'measure'] %}

with

measures as (

    select * from {{ ref('int_inequality_measures') }}

),

sorted as (

    select
        year,
        stressor_id,
        measure,
        region_id,
        parent_region_id,
        population,
        gdp_per_capita,
        amount,
        per_capita,
        row_number() over (
            partition by {{ group | join(', ') }}
            order by per_capita, region_id
        ) as rank_order,
        count(*) over (
            partition by {{ group | join(', ') }}
        ) as regions,
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
