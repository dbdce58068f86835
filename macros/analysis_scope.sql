{#- One row: the year, stressor and region that an analysis is about. Each comes
    from a var of that name; without it, the last year, CO2 (or else the first
    stressor with a mass) and the ranked region with the largest footprint, so
    that every analysis runs on any dataset. What is asked for and not there is
    an error, and so is a var that nobody knows. -#}
{% macro analysis_scope() -%}
    {{- refuse_unknown_vars() -}}
    {%- set wishes = [] -%}
    {%- set words = [] -%}
    {%- for column in ['year', 'stressor_id', 'region_id'] -%}
        {%- set wish = var(column, none) -%}
        {%- if wish is not none -%}
            {%- set literal = (wish | string) | replace("'", "''") -%}
            {%- do wishes.append(
                "and cast(accounts." ~ column ~ " as varchar) = '"
                ~ literal ~ "'"
            ) -%}
            {%- do words.append(column ~ " " ~ literal) -%}
        {%- endif -%}
    {%- endfor -%}
    select
        case
            when count(*) = 0
                then error('regional_accounts has no row of {{ words | join(", ") or "any region" }}')
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
        from {{ ref('regional_accounts') }} as accounts
        inner join {{ ref('stressors') }} as stressors using (stressor_id)
        inner join {{ ref('regions') }} as regions using (region_id)
        where true {{ wishes | join(' ') }}
    ) as choices
    where choice = 1
{%- endmacro %}
