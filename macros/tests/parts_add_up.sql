{#- In every row the parts make the whole, within a tolerance of all emissions
    of the year and stressor: never of the row, whose difference may be
    small. -#}
{% test parts_add_up(
    model, whole, parts, may_be_empty=false, reference_total=none, tolerance=1e-9
) %}

{%- set reference_total = reference_total or ref('int_reported_emissions') %}

with

rows_compared as (

    select
        amounts.year,
        amounts.stressor_id,
        amounts.whole,
        amounts.parts,
        cast({{ tolerance }} as double) * abs(reference_total.emissions_in)
            as tolerated
    from (
        select
            year,
            stressor_id,
            {{ whole }} as whole,
            {{ parts | join(' + ') }} as parts
        from {{ model }}
    ) as amounts
    left join {{ reference_total }} as reference_total
        using (year, stressor_id)

)

select
    year,
    stressor_id,
    whole,
    parts
from rows_compared
where not coalesce(abs(whole - parts) <= tolerated, false)
{%- if not may_be_empty %}

union all

select
    max(year) as year,
    'no rows' as stressor_id,
    max(whole) as whole,
    max(parts) as parts
from rows_compared
having count(*) = 0
{%- endif %}

{% endtest %}
