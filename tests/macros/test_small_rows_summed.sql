{# R causes 8 t, without signs: 1 t is an eighth and stays, 0.96875 and -0.46875
   t of a product are 0.5 t from OTHER, and what R makes stays. What nobody emits
   for is small, too, unless much is earned by it: then it is named for both. In
   2013 nothing is small; S causes nothing, and what it gets back cancels. #}

{%- set columns %}
    year, stressor_id, region_id, product_region_id, product_sector_id, emissions,
    expenditure, product_region_name, unit, region_name
{%- endset %}
{%- set amounts = ['emissions', 'expenditure'] %}

with

given ({{ columns }}) as (

    values
    (2012, 'co2', 'R', 'X', 'a', 1e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'R', 'R', 'a', 0.5e0, 5e0, 'r', 't', 'r'),
    (2012, 'co2', 'R', 'Y', 'a', 0.96875e0, 3e0, 'y', 't', 'r'),
    (2012, 'co2', 'R', 'Z', 'a', -0.46875e0, -1e0, 'z', 't', 'r'),
    (2012, 'co2', 'R', 'X', 'b', 5.0625e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'R', 'Z', 'c', 0e0, 7e0, 'z', 't', 'r'),
    (2012, 'co2', 'R', 'X', 'd', 0e0, 9e0, 'x', 't', 'r'),
    (2012, 'va', 'R', 'X', 'd', 4e0, 9e0, 'x', 'currency', 'r'),
    (2012, 'va', 'R', 'Z', 'c', 0.5e0, 7e0, 'z', 'currency', 'r'),
    (2013, 'co2', 'R', 'X', 'a', 3e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'S', 'X', 'b', 0e0, 2e0, 'x', 't', 's'),
    (2012, 'co2', 'S', 'X', 'd', 0e0, 1e0, 'x', 't', 's'),
    (2012, 'co2', 'S', 'Y', 'd', 0e0, -1e0, 'y', 't', 's')

),

for_all_stressors ({{ columns }}) as (

    values
    (2012, 'co2', 'R', 'X', 'a', 1e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'R', 'R', 'a', 0.5e0, 5e0, 'r', 't', 'r'),
    (2012, 'co2', 'R', 'OTHER', 'a', 0.5e0, 2e0, 'Other', 't', 'r'),
    (2012, 'co2', 'R', 'X', 'b', 5.0625e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'R', 'OTHER', 'c', 0e0, 7e0, 'Other', 't', 'r'),
    (2012, 'co2', 'R', 'X', 'd', 0e0, 9e0, 'x', 't', 'r'),
    (2012, 'va', 'R', 'X', 'd', 4e0, 9e0, 'x', 'currency', 'r'),
    (2012, 'va', 'R', 'OTHER', 'c', 0.5e0, 7e0, 'Other', 'currency', 'r'),
    (2013, 'co2', 'R', 'X', 'a', 3e0, 5e0, 'x', 't', 'r'),
    (2012, 'co2', 'S', 'OTHER', 'b', 0e0, 2e0, 'Other', 't', 's')

),

for_each_stressor as (

    select
        * replace (
            case
                when
                    stressor_id = 'co2' and product_sector_id = 'd'
                    then 'OTHER'
                else product_region_id
            end as product_region_id,
            case
                when
                    stressor_id = 'co2' and product_sector_id = 'd'
                    then 'Other'
                else product_region_name
            end as product_region_name
        )
    from for_all_stressors

),

named_for_all as (

    with products as (

        select * from given

    )

    {{ small_rows_summed('products', 'product', '0.125', amounts, true) }}

),

named_for_each as (

    with products as (

        select * from given

    )

    {{ small_rows_summed('products', 'product', 0.125, amounts) }}

),

without_a_share as (

    with products as (

        select * from given

    )

    {{ small_rows_summed('products', 'product', 0, amounts) }}

)

{% for actual, expected in [
    ('named_for_all', 'for_all_stressors'),
    ('named_for_each', 'for_each_stressor'),
    ('without_a_share', 'given'),
] %}
    select
        '{{ actual }}: not expected' as problem,
        *
    from (
        select * from {{ actual }}
        except all
        select * from {{ expected }}
    )

    union all

    select
        '{{ actual }}: missing' as problem,
        *
    from (
        select * from {{ expected }}
        except all
        select * from {{ actual }}
    )
    {% if not loop.last %}union all{% endif %}
{% endfor %}
