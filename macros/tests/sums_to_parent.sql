{#- A finer table adds up to a coarser one. A group that one side lacks counts
    as zero there, as absent rows do; a parent without any row proves nothing
    and fails. The tolerance is a share of all emissions of the year and
    stressor. -#}
{% test sums_to_parent(
    model, amount, combination, parent, parent_amount,
    parent_combination=none, where=none, parent_where=none,
    may_be_empty=false, reference_stressor=none, reference_total=none, tolerance=1e-9,
    unless=none
) %}

{%- if unless and chosen_var(unless) | float %}
select 'not compared' as sums
where false
{%- else %}

{%- set reference_total = reference_total or ref('int_reported_emissions') %}
{%- set parent_combination = parent_combination or combination %}
{%- set keys = combination | join(', ') %}
{%- set positions = range(1, combination | length + 1) | join(', ') %}

with

both_sides as (

    select
        {{ keys }},
        {{ amount }} as child_amount,
        cast(0 as double) as parent_amount,
        0 as parent_rows
    from {{ model }}
    {%- if where %}
    where {{ where }}
    {%- endif %}

    union all

    select
        {% for key in parent_combination -%}
        {{ key }} as {{ combination[loop.index0] }},
        {% endfor -%}
        cast(0 as double) as child_amount,
        {{ parent_amount }} as parent_amount,
        1 as parent_rows
    from {{ parent }}
    {%- if parent_where %}
    where {{ parent_where }}
    {%- endif %}

),

sums as (

    select
        {{ keys }},
        sum(child_amount) as child_amount,
        sum(parent_amount) as parent_amount,
        sum(parent_rows) as parent_rows,
        count(*) - count(child_amount + parent_amount) as unknown_amounts
    from both_sides
    group by {{ positions }}

),

compared as (

    select
        sums.*,
        cast({{ tolerance }} as double) * abs(reference_total.emissions_in)
            as tolerated
    from sums
    left join {{ reference_total }} as reference_total
        on
            sums.year = reference_total.year
            and reference_total.stressor_id
            = {{ "'" ~ reference_stressor ~ "'" if reference_stressor
                else 'sums.stressor_id' }}

)

select
    {{ keys }},
    child_amount,
    parent_amount
from compared
where
    unknown_amounts > 0
    or not coalesce(abs(child_amount - parent_amount) <= tolerated, false)
{%- if not may_be_empty %}

union all

select
    {% for key in combination %}max({{ key }}) as {{ key }},
    {% endfor %}max(child_amount) as child_amount,
    max(parent_amount) as parent_amount
from compared
having coalesce(sum(parent_rows), 0) = 0
{%- endif %}
{%- endif %}

{% endtest %}
