{#- The rows of a footprint, the last part of a statement: where a share is given, those of
    other regions below it are summed into the region OTHER, sector by sector. Without a
    share, the rows as they are. -#}
{% macro small_rows_summed(
    rows, role, smallest_share, amounts, is_for_all_stressors=false
) -%}

{%- if not smallest_share | float -%}

select * from {{ rows }}

{%- else -%}

{%- set place = role ~ '_region_id' -%}
{%- set sector = role ~ '_sector_id' -%}
{%- set key = ['year', 'region_id', place, sector]
    + ([] if is_for_all_stressors else ['stressor_id']) -%}

, footprints as (

    select
        year,
        stressor_id,
        region_id,
        cast({{ smallest_share | float }} as double) * sum(abs(emissions))
            as smallest
    from {{ rows }}
    group by 1, 2, 3

),

named as (

    select distinct {{ key | join(', ') }}
    from {{ rows }}
    inner join footprints using (year, stressor_id, region_id)
    -- where all is zero, so is the smallest amount
    where emissions <> 0 and abs(emissions) >= smallest

),

placed as (

    select
        {{ rows }}.*,
        {{ rows }}.{{ place }} <> {{ rows }}.region_id
        and named.year is null as is_small
    from {{ rows }}
    left join named using ({{ key | join(', ') }})

),

summed as (

    select
        year,
        stressor_id,
        region_id,
        case when is_small then 'OTHER' else {{ place }} end as {{ place }},
        {{ sector }},
        {% for amount in amounts -%}
        sum({{ amount }}) as {{ amount }},
        {% endfor -%}
        case when is_small then 'Other' else {{ role }}_region_name end
            as {{ role }}_region_name,
        unit,
        region_name
    from placed
    group by all

)

select * from summed
where {{ amounts | join(' <> 0 or ') }} <> 0

{%- endif -%}
{%- endmacro %}
