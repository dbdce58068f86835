{#- A table that must have a row also where there is nothing to count: all
    combinations of the rows of other relations, no more and no fewer. -#}
{% test covers_every_combination(model, of, may_be_empty=false) %}

{%- set keys = of | map(attribute='columns') | sum(start=[]) %}

with

{% for part in of %}
part_{{ loop.index }} as (

    select distinct {{ part.columns | join(', ') }}
    from {{ part.relation }}
    {%- if part.where is defined %}
    where {{ part.where }}
    {%- endif %}

),
{% endfor %}
expected as (

    select {{ keys | join(', ') }}
    from part_1
    {%- for part in of[1:] %}
    cross join part_{{ loop.index + 1 }}
    {%- endfor %}

),

found as (

    select distinct {{ keys | join(', ') }}
    from {{ model }}

),

missing as (

    select * from expected
    except
    select * from found

),

unexpected as (

    select * from found
    except
    select * from expected

)

select 'missing' as problem, count(*) as combinations
from missing
having count(*) > 0

union all

select 'unexpected' as problem, count(*) as combinations
from unexpected
having count(*) > 0{%- if not may_be_empty %}

union all

select 'nothing expected' as problem, count(*) as combinations
from expected
having count(*) = 0
{%- endif %}

{% endtest %}
