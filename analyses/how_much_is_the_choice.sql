{# How much of the quota is a finding, and how much is the choice?

   One row per choice: the smallest, the middle and the largest quota, in
   million tonnes, over all cells of the grid that make it. A row ranges over
   all other choices: what one choice does by itself shows in
   sensitivity_quotas, other things equal. Incomes are counted only where their
   premise holds: premise_holds is the share of cells in which it does, and of
   those reached_before have receivers that reach the threshold without any
   quota, reaching_threshold with it.

   Run it as docs/questions.md says.
   Another year or stressor: --vars '{dataset: NAME, year: 2011}'. #}

with

scope as (

    {{ analysis_scope() }}

),

cells as (

    select grid.*
    from {{ ref('quota_sensitivity') }} as grid
    inner join scope using (year, stressor_id)

),

choices as (

    {% for choice in [
        'rule_id',
        'benchmark_id',
        'cap_id',
        'includes_power_supply',
        'allocation_rule',
        'projection_id',
    ] %}
        select
            {{ loop.index }} as place,
            '{{ choice }}' as choice,
            cast({{ choice }} as varchar) as chosen,
            quota,
            quota_uplift,
            case
                when premise = 'holds' then cast(1 as double) else
                    cast(0 as double)
            end as holds,
            case
                when
                    premise = 'holds' and reaches_threshold_before
                    then cast(1 as double)
                when premise = 'holds' and not reaches_threshold_before
                    then cast(0 as double)
            end as reached_before,
            case
                when
                    premise = 'holds' and reaches_threshold
                    then cast(1 as double)
                when
                    premise = 'holds' and not reaches_threshold
                    then cast(0 as double)
            end as reaches
        from cells
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select
    choice,
    chosen,
    round(min(quota) / 1e6, 1) as smallest_mt,
    round(percentile_cont(0.5) within group (order by quota) / 1e6, 1)
        as middle_mt,
    round(max(quota) / 1e6, 1) as largest_mt,
    round(min(quota_uplift), 3) as smallest_uplift,
    round(max(quota_uplift), 3) as largest_uplift,
    round(avg(holds), 2) as premise_holds,
    round(avg(reached_before), 2) as reached_before,
    round(avg(reaches), 2) as reaching_threshold
from choices
group by place, choice, chosen
order by place, chosen
