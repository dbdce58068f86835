{# What the receivers of a quota earn together, before and after, and whether
   that lies within the income curve; docs/methods.md, Living standards. #}

with

allocations as (

    select * from {{ ref('int_allocations') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

-- one unknown income leaves a mean and a share unknown
int_receiver_incomes as (

    select
        allocations.year,
        allocations.stressor_id,
        allocations.scenario_id,
        allocations.rule_id,
        allocations.benchmark_id,
        allocations.cap_id,
        allocations.includes_power_supply,
        allocations.allocation_rule,
        cast(count(*) as integer) as receivers,
        cast(sum(allocations.population) as bigint) as receiver_population,
        sum(allocations.population_share) as receiver_population_share,
        {% for income in ['income_before', 'income_after'] %}
            case
                when count(allocations.{{ income }}) = count(*)
                    then
                        {{ safe_divide(
                            'sum(allocations.' ~ income
                            ~ ' * allocations.population)',
                            'sum(allocations.population)'
                        ) }}
            end as {{ income }},
            case
                when
                    count(allocations.{{ income }}) = count(*)
                    and count(income_curves.income_threshold) = count(*)
                    then
                        {{ safe_divide(
                            'sum(case when allocations.' ~ income
                            ~ ' >= income_curves.income_threshold'
                            ~ ' then allocations.population else 0 end)',
                            'sum(allocations.population)'
                        ) }}
            end as {{ income | replace('income', 'share_at_threshold') }},
        {% endfor %}
        max(
            {{ safe_divide(
                'allocations.income_after', 'allocations.income_before'
            ) }}
        ) as largest_income_factor,
        max(
            case
                when
                    allocations.footprint_per_capita_after
                    > income_curves.largest_footprint_per_capita
                    then 1
                when income_curves.largest_footprint_per_capita is not null
                    then 0
            end
        ) = 1 as is_extrapolated,
        max(
            case
                when
                    allocations.income_after
                    > income_curves.largest_gdp_per_capita
                    then 1
                when income_curves.largest_gdp_per_capita is not null then 0
            end
        ) = 1 as is_income_extrapolated,
        cast(
            sum(
                case
                    when
                        {{ exceeds(
                            'allocations.footprint_per_capita_after',
                            'allocations.lowest_giver_per_capita_after'
                        ) }}
                        and {{ exceeds(
                            'allocations.footprint_per_capita_after',
                            'allocations.footprint_per_capita'
                        ) }}
                        then 1
                    else 0
                end
            ) as integer
        ) as receivers_above_givers
    from allocations
    inner join income_curves using (year, stressor_id)
    group by 1, 2, 3, 4, 5, 6, 7, 8

)

select * from int_receiver_incomes
