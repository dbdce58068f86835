{# How much of the quota is a finding, and how much is the choice? #}

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
            reaches_threshold
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
    round(
        avg(
            case
                when reaches_threshold then cast(1 as double)
                when not reaches_threshold then cast(0 as double)
            end
        ),
        2
    ) as reaching_threshold
from choices
group by place, choice, chosen
order by place, chosen
