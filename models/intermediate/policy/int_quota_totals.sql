{# Emissions that each scenario avoids, the least that one who gives has left,
   whose demand it cuts most, and how much comes from producers far above their
   benchmark; docs/methods.md, Quota. #}

with

quotas as (

    select * from {{ ref('quota_by_region') }}

),

scenarios as (

    select * from {{ ref('int_scenarios') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

scenario_demand as (

    select * from {{ ref('int_scenario_demand') }}

),

scenario_intensities as (

    select * from {{ ref('int_scenario_intensities') }}

),

output_totals as (

    select * from {{ ref('int_embodied_output_totals') }}

),

categories as (

    select * from {{ ref('stg_final_demand_categories') }}

),

-- who gives has a lever and a smaller footprint, and sets free what counts: 1 %
-- of its own footprint or emissions. A lever of a shipped scenario is a
-- super-emitter's, one of a user's belongs to whoever sets something free
regions as (

    select
        quotas.year,
        quotas.stressor_id,
        quotas.scenario_id,
        quotas.region_id,
        quotas.region_name,
        quotas.quota,
        quotas.production_before,
        quotas.is_selected,
        scenarios.is_user_scenario,
        case
            when
                accounts.is_ranked
                and {{ exceeds(
                    'quotas.footprint_before', 'quotas.footprint_after'
                ) }}
                and (scenarios.is_user_scenario or quotas.is_selected)
                and quotas.quota > 0
                and quotas.quota >= 0.01 * least(
                    abs(quotas.footprint_before), abs(quotas.production_before)
                )
                then
                    {{ safe_divide(
                        'quotas.footprint_after', 'accounts.population'
                    ) }}
        end as left_per_capita
    from quotas
    inner join scenarios using (year, scenario_id)
    inner join accounts using (year, stressor_id, region_id)

),

least_left as (

    select
        *,
        min(left_per_capita) over (
            partition by year, stressor_id, scenario_id
        ) as lowest_left_per_capita
    from regions

),

-- those that a cap has left alike differ by rounding: the first by region_id
givers as (

    select
        *,
        row_number() over (
            partition by year, stressor_id, scenario_id
            order by
                case
                    when left_per_capita is null then 2
                    when
                        {{ exceeds(
                            'left_per_capita', 'lowest_left_per_capita'
                        ) }}
                        then 1
                    else 0
                end asc,
                region_id asc
        ) as left_order
    from least_left

),

totals as (

    select
        year,
        stressor_id,
        scenario_id,
        is_user_scenario,
        count(*) as regions,
        sum(quota) as quota,
        sum(production_before) as national_emissions,
        cast(count(*) filter (where is_selected) as integer) as super_emitters,
        max(region_id) filter (
            where left_order = 1 and left_per_capita is not null
        ) as lowest_giver_region_id,
        max(region_name) filter (
            where left_order = 1 and left_per_capita is not null
        ) as lowest_giver_region_name,
        min(left_per_capita) as lowest_giver_per_capita_after
    from givers
    group by 1, 2, 3, 4

),

demand_cells as (

    select
        year,
        stressor_id,
        scenario_id,
        region_id,
        least(demand_factor, direct_factor) as factor,
        min(least(demand_factor, direct_factor)) over (
            partition by year, stressor_id, scenario_id
        ) as smallest_factor
    from scenario_demand

),

-- of equals, but for rounding, the first
demand_cuts as (

    select
        year,
        stressor_id,
        scenario_id,
        count(*) as changed_cells,
        min(factor) as smallest_factor,
        min(
            case
                when
                    smallest_factor < 1
                    and not ({{ exceeds('factor', 'smallest_factor') }})
                    then region_id
            end
        ) as hardest_hit_region_id
    from demand_cells
    group by 1, 2, 3

),

-- at full demand; what serves nobody has no embodied output
producer_cuts as (

    select
        intensities.year,
        intensities.stressor_id,
        intensities.scenario_id,
        intensities.region_id,
        intensities.is_far_above,
        (intensities.direct_intensity - intensities.scenario_intensity)
        * output_totals.output as cut
    from scenario_intensities as intensities
    inner join output_totals
        on
            intensities.year = output_totals.year
            and intensities.region_sector_id = output_totals.origin_id

),

far_above as (

    select
        year,
        stressor_id,
        scenario_id,
        cast(count(*) filter (where is_far_above) as integer)
            as sectors_far_above,
        cast(count(distinct region_id) filter (where is_far_above) as integer)
            as regions_far_above,
        {{ safe_divide(
            'coalesce(sum(cut) filter (where is_far_above), 0)', 'sum(cut)'
        ) }} as share_far_above
    from producer_cuts
    group by 1, 2, 3

),

int_quota_totals as (

    select
        totals.*,
        coalesce(far_above.sectors_far_above, 0) as sectors_far_above,
        coalesce(far_above.regions_far_above, 0) as regions_far_above,
        far_above.share_far_above,
        -- where a cell is left alone, its factor of 1 counts too
        case
            when
                demand_cuts.changed_cells
                = totals.regions * (select count(*) from categories)
                then demand_cuts.smallest_factor
            else least(1, coalesce(demand_cuts.smallest_factor, 1))
        end as smallest_demand_factor,
        demand_cuts.hardest_hit_region_id
    from totals
    left join demand_cuts using (year, stressor_id, scenario_id)
    left join far_above using (year, stressor_id, scenario_id)

)

select * from int_quota_totals
