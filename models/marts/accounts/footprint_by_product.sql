{# Which purchases a footprint comes from; docs/methods.md, Accounts. A product
   is named for all stressors or for none: its expenditure is the same for each. #}

with

products as not materialized (

    select * from {{ ref('int_bought_products') }}

)

{{ small_rows_summed(
    'products', 'product', chosen_var('smallest_share'),
    amounts=['emissions', 'expenditure'], is_for_all_stressors=true
) }}
