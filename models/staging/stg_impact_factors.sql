{# Which stressors make up an impact here: shipped factors, or the user's own
   under the same impact, whose name then stays; a factor of 0 counts nothing.
   carbonshed/audit/coverage.py has the twin of this rule; docs/methods.md, Impacts. #}

with

shipped as (

    select * from {{ ref('impact_factors') }}

),

given as (

    select * from {{ source('ingested', 'characterisation_factors') }}

),

stressors as (

    select * from {{ source('ingested', 'stressors') }}

),

replaced as (

    select distinct impact_id
    from given

),

named as (

    select distinct
        impact_id,
        impact_name
    from shipped

),

factors as (

    select
        shipped.impact_id,
        shipped.impact_name,
        shipped.stressor_id,
        shipped.whole_stressor_id,
        shipped.factor,
        shipped.source
    from shipped
    left join replaced using (impact_id)
    where replaced.impact_id is null

    union all

    select
        given.impact_id,
        coalesce(named.impact_name, given.impact_id) as impact_name,
        given.stressor_id,
        cast(null as varchar) as whole_stressor_id,
        given.value as factor,
        given.source
    from given
    left join named using (impact_id)
    where given.value <> 0

),

known as (

    select
        factors.*,
        stressors.stressor_id is not null as is_here
    from factors
    left join stressors
        on
            factors.stressor_id = stressors.stressor_id
            and stressors.unit not in ('currency', 'person')

),

-- parts of a stressor count in its place, once all of them are here
parts as (

    select
        impact_id,
        whole_stressor_id as stressor_id,
        min(case when is_here then 1 else 0 end) = 1 as are_all_here
    from known
    where whole_stressor_id is not null
    group by 1, 2

),

wholes as (

    select
        known.impact_id,
        known.stressor_id,
        known.is_here and not coalesce(parts.are_all_here, false) as is_counted
    from known
    left join parts using (impact_id, stressor_id)
    where known.whole_stressor_id is null

),

counted as (

    select
        known.*,
        known.is_here
        and not coalesce(whole.is_counted, false)
        and coalesce(own.is_counted, true) as is_counted
    from known
    left join wholes as whole
        on
            known.impact_id = whole.impact_id
            and known.whole_stressor_id = whole.stressor_id
    left join wholes as own
        on
            known.impact_id = own.impact_id
            and known.stressor_id = own.stressor_id

),

-- carbon dioxide, where the impact has a factor of it, and two stressors in all
made as (

    select impact_id
    from counted
    group by 1
    having
        min(case when stressor_id = 'co2' and not is_counted then 0 else 1 end)
        = 1
        and sum(case when is_counted then 1 else 0 end) >= 2

),

stg_impact_factors as (

    select
        counted.impact_id,
        counted.impact_name,
        counted.stressor_id,
        counted.source,
        counted.factor,
        cast(
            row_number() over (
                partition by counted.impact_id order by counted.stressor_id
            ) as integer
        ) as stressor_position
    from counted
    inner join made using (impact_id)
    where counted.is_counted

)

select * from stg_impact_factors
