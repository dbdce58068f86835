{#- One row: the year, stressor and region that a question is about. Each comes from the
    variable of that name, of DuckDB, not of dbt: `carbonshed ask` sets it, and so can
    any client (`set variable year = 2011`). Without one it is the last year, CO2 (or
    else the first stressor with a mass) and the ranked region with the largest
    footprint, so that every question has an answer in any dataset. What is asked for
    and not there is an error. -#}
{% macro analysis_scope(choices=['year', 'stressor_id']) -%}
    select
        case
            when count(*) = 0
                then error(
                    'regional_accounts has no row of '
                    || concat_ws(
                        ', ',
                        {%- for choice in choices %}
                        '{{ choice }} ' || getvariable('{{ choice }}')
                        {{- ',' if not loop.last }}
                        {%- endfor %}
                    )
                )
            else max(year)
        end as year,
        max(stressor_id) as stressor_id,
        max(region_id) as region_id,
        max(region_name) as region_name
    from (
        select
            accounts.year,
            accounts.stressor_id,
            accounts.region_id,
            accounts.region_name,
            row_number() over (
                order by
                    accounts.year desc,
                    accounts.stressor_id = 'co2' desc,
                    stressors.unit = 't' desc,
                    accounts.stressor_id asc,
                    regions.is_ranked desc,
                    accounts.consumption_footprint desc,
                    accounts.region_id asc
            ) as choice
        from {{ mart('regional_accounts') }} as accounts
        inner join {{ mart('stressors') }} as stressors using (stressor_id)
        inner join {{ mart('regions') }} as regions using (region_id)
        where
            true
            {%- for choice in choices %}
            and cast(accounts.{{ choice }} as varchar) = coalesce(
                cast(getvariable('{{ choice }}') as varchar),
                cast(accounts.{{ choice }} as varchar)
            )
            {%- endfor %}
    ) as choices
    where choice = 1
{%- endmacro %}
