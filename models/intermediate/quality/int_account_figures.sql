{# What findings say of all regions together, of the largest and of those that
   are selected; docs/methods.md, Findings. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

categories as (

    select * from {{ ref('final_demand_categories') }}

),

emitters as (

    select * from {{ ref('super_emitters') }}
    where is_default_rule and is_selected

),

totals as (

    select
        year,
        stressor_id,
        count(*) as regions,
        bool_or(region_type = 'remainder') as has_remainders,
        bool_or(region_type = 'rest_of_world') as has_rest_of_world,
        sum(consumption_footprint) as footprints,
        {{ part_of_whole(
            'sum(inflow_emissions)', 'sum(consumption_footprint)'
        ) }} as elsewhere_share,
        {{ part_of_whole(
            'sum(export_emissions)', 'sum(production_emissions)'
        ) }} as exported_share,
        {{ part_of_whole(
            'sum(investment_footprint)', 'sum(consumption_footprint)'
        ) }} as investment_share
    from accounts
    group by 1, 2

),

-- of equals, how many there are
largest as (

    select
        year,
        stressor_id,
        count(*) as regions,
        min(region_name) as region_name,
        max(consumption_footprint) as footprint,
        max(production_emissions) as emitted_there
    from rankings
    where footprint_rank = 1
    group by 1, 2

),

ranked as (

    select
        rankings.year,
        rankings.stressor_id,
        count(*) as regions,
        count(emitters.region_id) as super_emitters,
        {{ part_of_whole(
            'sum(case when emitters.region_id is not null then'
            ~ ' rankings.consumption_footprint else 0 end)',
            'sum(rankings.consumption_footprint)'
        ) }} as emitter_footprint_share,
        {{ safe_divide(
            'sum(case when emitters.region_id is not null then'
            ~ ' accounts.population else 0 end)',
            'sum(accounts.population)'
        ) }} as emitter_population_share
    from rankings
    inner join accounts using (year, stressor_id, region_id)
    left join emitters using (year, stressor_id, region_id)
    group by 1, 2

),

-- without ranked regions there is no largest one
int_account_figures as (

    select
        totals.*,
        largest.regions as largest_regions,
        largest.region_name as largest_region,
        largest.footprint as largest_footprint,
        largest.emitted_there,
        ranked.regions as ranked_regions,
        ranked.super_emitters,
        ranked.emitter_footprint_share,
        ranked.emitter_population_share,
        (
            select count(*) > 0
            from categories
            where categories.category_group = 'investment'
        ) as has_investment
    from totals
    left join largest using (year, stressor_id)
    left join ranked using (year, stressor_id)

)

select * from int_account_figures
