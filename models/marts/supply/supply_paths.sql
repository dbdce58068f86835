{# Supply chains of every footprint from a cut-off on. Weights, not emissions,
   decide what is followed: a shop that emits nothing leads to the power station
   behind it. No recursion: a join for each tier; docs/methods.md, Supply chains. #}

{{ config(enabled=is_chosen('analyses')) }}

with

regions as (

    select * from {{ ref('regions') }}

),

sectors as (

    select * from {{ ref('sectors') }}

),

intensities as (

    select * from {{ ref('int_intensities') }}

),

total_intensities as (

    select * from {{ ref('total_intensities') }}

),

links as (

    select * from {{ ref('link_shares') }}

),

purchases as not materialized (

    select
        footprint_by_product.year,
        footprint_by_product.stressor_id,
        footprint_by_product.region_id,
        footprint_by_product.product_region_id,
        footprint_by_product.product_sector_id,
        footprint_by_product.emissions
    from {{ ref('footprint_by_product') }} as footprint_by_product
    inner join {{ ref('stressors') }} as stressors using (stressor_id)
    where stressors.is_mass

),

producers as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.region_sector_id,
        intensities.region_id,
        intensities.sector_id,
        intensities.region_id || '/' || intensities.sector_id
            as producer_ids,
        sectors.sector_name || ' in ' || regions.region_name as producer_names,
        {{ safe_divide(
            'intensities.direct_intensity',
            'total_intensities.total_intensity'
        ) }} as own_share
    from intensities
    inner join total_intensities using (year, stressor_id, region_sector_id)
    inner join regions on intensities.region_id = regions.region_id
    inner join sectors on intensities.sector_id = sectors.sector_id

),

footprints as (

    select
        year,
        stressor_id,
        region_id,
        sum(emissions) as emissions,
        sum(abs(emissions)) as gross_emissions
    from purchases
    group by 1, 2, 3

),

-- if purchases nearly cancel, a share of what is left of them says nothing
consumers as (

    select
        footprints.year,
        footprints.stressor_id,
        footprints.region_id,
        footprints.emissions as footprint,
        cast({{ chosen_var('path_cutoff') | float }} as double) as path_cutoff,
        cast({{ chosen_var('path_cutoff') | float }} as double)
        * abs(footprints.emissions) as smallest,
        regions.region_name,
        'final users in ' || regions.region_name as consumer_names
    from footprints
    inner join regions on footprints.region_id = regions.region_id
    where
        abs(footprints.emissions)
        > cast(0.01 as double) * footprints.gross_emissions

),

tier_0 as (

    select
        consumers.year,
        consumers.stressor_id,
        consumers.region_id,
        producers.region_sector_id as product_id,
        producers.region_sector_id,
        0 as tier,
        purchases.emissions as weight,
        consumers.smallest,
        producers.producer_ids as path_ids,
        producers.producer_names || ' -> ' || consumers.consumer_names
            as path_names
    from purchases
    inner join consumers using (year, stressor_id, region_id)
    inner join producers
        on
            purchases.year = producers.year
            and purchases.stressor_id = producers.stressor_id
            and purchases.product_region_id = producers.region_id
            and purchases.product_sector_id = producers.sector_id
    where abs(purchases.emissions) >= consumers.smallest

),

-- names are looked up for what reaches the cut-off: beside all links they would
-- take gigabytes
{% for tier in range(1, 13) -%}
    reached_{{ tier }} as materialized (

        select
            buyers.*,
            links.supplier_id,
            buyers.weight * links.share as supplied
        from tier_{{ tier - 1 }} as buyers
        inner join links
            on
                buyers.year = links.year
                and buyers.stressor_id = links.stressor_id
                and buyers.region_sector_id = links.buyer_id
        where abs(buyers.weight * links.share) >= buyers.smallest

    ),

    tier_{{ tier }} as (

        select
            reached.year,
            reached.stressor_id,
            reached.region_id,
            reached.product_id,
            suppliers.region_sector_id,
            {{ tier }} as tier,
            reached.supplied as weight,
            reached.smallest,
            reached.path_ids || ' <- ' || suppliers.producer_ids as path_ids,
            suppliers.producer_names || ' -> ' || reached.path_names
                as path_names
        from reached_{{ tier }} as reached
        inner join producers as suppliers
            on
                reached.year = suppliers.year
                and reached.stressor_id = suppliers.stressor_id
                and reached.supplier_id = suppliers.region_sector_id

    ),

{% endfor -%}
nodes as (

    {% for tier in range(13) %}
        select * from tier_{{ tier }}
        {{- "\n\n    union all\n" if not loop.last }}
    {% endfor %}

),

paths as (

    select
        nodes.year,
        nodes.stressor_id,
        nodes.region_id,
        nodes.product_id,
        nodes.region_sector_id,
        nodes.tier,
        nodes.path_ids,
        nodes.path_names,
        emitters.region_id as emitter_region_id,
        emitters.sector_id as emitter_sector_id,
        nodes.weight * emitters.own_share as emissions
    from nodes
    inner join producers as emitters
        using (year, stressor_id, region_sector_id)
    where abs(nodes.weight * emitters.own_share) >= nodes.smallest

),

supply_paths as (

    select
        paths.year,
        paths.stressor_id,
        paths.region_id,
        cast(row_number() over (
            partition by paths.year, paths.stressor_id, paths.region_id
            order by
                abs(paths.emissions) desc,
                paths.path_ids asc,
                paths.product_id asc,
                paths.region_sector_id asc
        ) as integer) as path_rank,
        paths.tier,
        paths.path_ids as path,  -- noqa: RF04, the promised name
        products.region_id as product_region_id,
        products.sector_id as product_sector_id,
        paths.emitter_region_id,
        paths.emitter_sector_id,
        paths.emissions,
        paths.emissions / consumers.footprint as share,  -- noqa: RF04, this too
        paths.path_names,
        consumers.path_cutoff,
        consumers.region_name,
        't' as unit
    from paths
    inner join consumers using (year, stressor_id, region_id)
    inner join producers as products
        on
            paths.year = products.year
            and paths.stressor_id = products.stressor_id
            and paths.product_id = products.region_sector_id

)

select * from supply_paths
