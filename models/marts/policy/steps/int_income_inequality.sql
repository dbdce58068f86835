{# How unequal incomes are between all ranked regions, before and after;
   docs/methods.md, Living standards. #}

{%- set case_keys = [
    'year', 'stressor_id', 'scenario_id', 'allocation_rule'
] %}

with

allocation as (

    select * from {{ ref('quota_allocation') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

-- all ranked regions, the receivers at their new income
cases as (

    select distinct {{ case_keys | join(', ') }}
    from allocation

),

incomes as (

    select
        cases.year,
        cases.stressor_id,
        cases.scenario_id,
        cases.allocation_rule,
        accounts.region_id,
        accounts.population,
        {{ safe_divide('accounts.gdp', 'accounts.population') }}
            as income_before,
        case
            when allocation.region_id is not null then allocation.income_after
            else {{ safe_divide('accounts.gdp', 'accounts.population') }}
        end as income_after
    from cases
    inner join accounts using (year, stressor_id)
    inner join rankings using (year, stressor_id, region_id)
    left join allocation
        using (year, stressor_id, scenario_id, allocation_rule, region_id)

),

moments as (

    select
        *,
        'before' as moment,
        income_before as income
    from incomes

    union all

    select
        *,
        'after' as moment,
        income_after as income
    from incomes

),

shares as (

    select
        {{ case_keys | join(', ') }},
        moment,
        {{ safe_divide(
            'population',
            'sum(population) over (partition by '
            ~ case_keys | join(', ') ~ ', moment)'
        ) }} as population_share,
        {{ safe_divide(
            'income * population',
            'sum(income * population) over (partition by '
            ~ case_keys | join(', ') ~ ', moment)'
        ) }} as amount_share,
        {{ safe_divide(
            running_total(
                'income * population',
                case_keys + ['moment'],
                'income, region_id'
            ),
            'sum(income * population) over (partition by '
            ~ case_keys | join(', ') ~ ', moment)'
        ) }} as cumulative_amount_share,
        income
    from moments

),

ginis as (

    select
        {{ case_keys | join(', ') }},
        moment,
        case
            when count(income) = count(*)
                then
                    {{ gini(
                        'population_share',
                        'amount_share',
                        'cumulative_amount_share'
                    ) }}
        end as gini
    from shares
    group by 1, 2, 3, 4, 5

),

int_income_inequality as (

    select
        {{ case_keys | join(', ') }},
        max(case when moment = 'before' then gini end) as gini_before,
        max(case when moment = 'after' then gini end) as gini_after
    from ginis
    group by 1, 2, 3, 4

)

select * from int_income_inequality
