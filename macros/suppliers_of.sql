{#- One step along all supply paths: from the region-sectors of a tier to those
    that supply them, as long as the weight of a path stays at or above the
    smallest of its consumer. -#}
{% macro suppliers_of(buyers, tier) -%}
    select
        buyers.year,
        buyers.stressor_id,
        buyers.region_id,
        buyers.product_id,
        suppliers.region_sector_id,
        {{ tier }} as tier,
        buyers.weight * links.share as weight,
        buyers.smallest,
        buyers.path_ids || ' <- ' || suppliers.producer_ids as path_ids,
        suppliers.producer_names || ' -> ' || buyers.path_names as path_names
    from {{ buyers }} as buyers
    inner join links
        on
            buyers.year = links.year
            and buyers.stressor_id = links.stressor_id
            and buyers.region_sector_id = links.buyer_id
    inner join producers as suppliers
        on
            links.year = suppliers.year
            and links.stressor_id = suppliers.stressor_id
            and links.supplier_id = suppliers.region_sector_id
    where abs(buyers.weight * links.share) >= buyers.smallest
{%- endmacro %}
