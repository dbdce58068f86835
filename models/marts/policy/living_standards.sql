{# What the quota could mean for those who receive it; docs/methods.md, Living
   standards. #}

{%- set case_keys = [
    'year', 'stressor_id', 'scenario_id', 'allocation_rule'
] %}

with

incomes as (

    select * from {{ ref('int_receiver_incomes') }}
    where scenario_id is not null and receivers > 0

),

allocation as (

    select * from {{ ref('quota_allocation') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

income_curves as (

    select * from {{ ref('int_income_curves') }}

),

income_bands as (

    select * from {{ ref('int_income_bands') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

premises as (

    select * from {{ ref('int_premises') }}

),

-- all ranked regions, the receivers at their new income
all_incomes as (

    select
        incomes.year,
        incomes.stressor_id,
        incomes.scenario_id,
        incomes.allocation_rule,
        accounts.region_id,
        accounts.population,
        {{ safe_divide('accounts.gdp', 'accounts.population') }}
            as income_before,
        case
            when allocation.region_id is not null then allocation.income_after
            else {{ safe_divide('accounts.gdp', 'accounts.population') }}
        end as income_after
    from incomes
    inner join accounts using (year, stressor_id)
    left join allocation
        using (year, stressor_id, scenario_id, allocation_rule, region_id)
    where accounts.is_ranked

),

moments as (

    select
        *,
        'before' as moment,
        income_before as income
    from all_incomes

    union all

    select
        *,
        'after' as moment,
        income_after as income
    from all_incomes

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

inequality as (

    select
        {{ case_keys | join(', ') }},
        max(case when moment = 'before' then gini end) as gini_before,
        max(case when moment = 'after' then gini end) as gini_after
    from ginis
    group by 1, 2, 3, 4

),

joined as (

    select
        incomes.year,
        incomes.stressor_id,
        incomes.scenario_id,
        incomes.allocation_rule,
        incomes.receivers,
        incomes.receiver_population_share,
        income_curves.income_elasticity,
        incomes.income_before,
        incomes.income_after,
        incomes.income_threshold,
        {{ income_band('incomes.income_before', 'income_bands') }}
            as band_before,
        {{ income_band('incomes.income_after', 'income_bands') }}
            as band_after,
        incomes.reaches_threshold,
        inequality.gini_before,
        inequality.gini_after,
        incomes.share_at_threshold_before,
        incomes.share_at_threshold_after,
        incomes.largest_income_factor,
        incomes.is_extrapolated,
        income_curves.curve_r_squared,
        incomes.reaches_threshold_before,
        incomes.is_income_extrapolated,
        incomes.premise,
        incomes.receivers_above_givers,
        choices.receivers_share,
        premises.footprints,
        premises.published
    from incomes
    cross join choices
    inner join income_curves using (year, stressor_id)
    inner join income_bands using (year)
    inner join inequality
        using (year, stressor_id, scenario_id, allocation_rule)
    inner join premises using (year, stressor_id)

),

living_standards as (

    select
        * exclude (footprints, published),
        {{ sentence("'premise_' || joined.premise", 'joined') }}
            as premise_note,
        't' as unit
    from joined

)

select * from living_standards
