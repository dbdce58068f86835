{# How much does each region answer for, as producer, consumer, earner, or by a
   rule in between? #}

with

scope as (

    {{ analysis_scope() }}

),

responsibility as (

    select * from {{ ref('responsibility') }}

),

regions as (

    select * from {{ ref('regions') }}

),

ranked as (

    select
        responsibility.*,
        rank() over (
            order by responsibility.production_emissions desc
        ) as production_rank,
        rank() over (
            order by responsibility.consumption_footprint desc
        ) as footprint_rank,
        case
            when responsibility.income_emissions is not null
                then
                    rank() over (
                        order by responsibility.income_emissions desc
                    )
        end as income_rank
    from responsibility
    inner join scope
        on
            responsibility.year = scope.year
            and responsibility.stressor_id = scope.stressor_id
    inner join regions on responsibility.region_id = regions.region_id
    where regions.is_ranked

)

select
    region_name,
    production_emissions,
    consumption_footprint,
    income_emissions,
    shared_emissions,
    shared_by_value_added,
    technology_adjusted_footprint,
    production_rank,
    footprint_rank,
    income_rank
from ranked
order by footprint_rank asc, region_id asc
