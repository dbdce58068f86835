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
        products.year,
        products.stressor_id,
        products.region_id,
        products.product_region_id,
        products.product_sector_id,
        products.emissions
    from {{ all_bought_products() }} as products
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
        {{ safe_divide(
            'intensities.direct_intensity',
            'total_intensities.total_intensity'
        ) }} as own_share
    from intensities
    inner join total_intensities using (year, stressor_id, region_sector_id)

),

producer_names as (

    select distinct
        producers.region_sector_id,
        producers.region_id,
        producers.sector_id,
        regions.region_name,
        producers.region_id || '/' || producers.sector_id as producer_ids,
        sectors.sector_name || ' in ' || regions.region_name as producer_names
    from producers
    inner join regions on producers.region_id = regions.region_id
    inner join sectors on producers.sector_id = sectors.sector_id

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
        regions.region_name
    from footprints
    inner join regions on footprints.region_id = regions.region_id
    where
        abs(footprints.emissions)
        > cast(0.01 as double) * footprints.gross_emissions

),

tier_0 as materialized (

    select
        consumers.year,
        consumers.stressor_id,
        consumers.region_id,
        producers.region_sector_id,
        [producers.region_sector_id] as supply_chain,
        purchases.emissions as weight,
        consumers.smallest
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

{% for tier in range(1, 13) -%}
    tier_{{ tier }} as materialized (

        select
            buyers.year,
            buyers.stressor_id,
            buyers.region_id,
            links.supplier_id as region_sector_id,
            list_append(buyers.supply_chain, links.supplier_id) as supply_chain,
            buyers.weight * links.share as weight,
            buyers.smallest
        from tier_{{ tier - 1 }} as buyers
        inner join links
            on
                buyers.year = links.year
                and buyers.stressor_id = links.stressor_id
                and buyers.region_sector_id = links.buyer_id
        where abs(buyers.weight * links.share) >= buyers.smallest

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
        nodes.supply_chain,
        nodes.weight * emitters.own_share as emissions
    from nodes
    inner join producers as emitters
        using (year, stressor_id, region_sector_id)
    where abs(nodes.weight * emitters.own_share) >= nodes.smallest

),

steps as (

    select
        year,
        stressor_id,
        region_id,
        supply_chain,
        unnest(supply_chain) as region_sector_id,
        generate_subscripts(supply_chain, 1) - 1 as tier
    from paths

),

-- names are looked up for what reaches the cut-off: beside all links they would
-- take gigabytes
names as (

    select
        steps.year,
        steps.stressor_id,
        steps.region_id,
        steps.supply_chain,
        string_agg(
            producer_names.producer_ids, ' <- ' order by steps.tier
        ) as path_ids,
        string_agg(
            producer_names.producer_names, ' <- ' order by steps.tier
        ) as path_names
    from steps
    inner join producer_names using (region_sector_id)
    group by 1, 2, 3, 4

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
                names.path_ids asc,
                paths.supply_chain asc
        ) as integer) as path_rank,
        cast(len(paths.supply_chain) - 1 as integer) as tier,
        names.path_ids as path,  -- noqa: RF04, the promised name
        products.region_id as product_region_id,
        products.sector_id as product_sector_id,
        emitters.region_id as emitter_region_id,
        emitters.sector_id as emitter_sector_id,
        paths.emissions,
        paths.emissions / consumers.footprint as share,  -- noqa: RF04, this too
        names.path_names,
        consumers.path_cutoff,
        products.region_name as product_region_name,
        emitters.region_name as emitter_region_name,
        consumers.region_name,
        't' as unit
    from paths
    inner join names using (year, stressor_id, region_id, supply_chain)
    inner join consumers using (year, stressor_id, region_id)
    inner join producer_names as products
        on paths.supply_chain[1] = products.region_sector_id
    inner join producer_names as emitters
        on paths.supply_chain[-1] = emitters.region_sector_id

)

select * from supply_paths
