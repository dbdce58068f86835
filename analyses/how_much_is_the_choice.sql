{# How much of a quota is a finding, and how much depends on the choices? #}

with

scope as (

    {{ analysis_scope() }}

),

cells as (

    select
        grid.*,
        quotas.quota
    from {{ ref('living_standards_by_choice') }} as grid
    inner join {{ ref('quota_by_choice') }} as quotas
        using (
            year,
            stressor_id,
            rule_id,
            benchmark_id,
            cap_id,
            includes_power_supply
        )
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
    min(quota) as smallest,
    percentile_cont(0.5) within group (order by quota) as middle,
    max(quota) as largest,
    min(quota_uplift) as smallest_uplift,
    max(quota_uplift) as largest_uplift,
    avg(holds) as premise_holds,
    avg(reached_before) as reached_before,
    avg(reaches) as reaching_threshold
from choices
group by place, choice, chosen
order by place, chosen
