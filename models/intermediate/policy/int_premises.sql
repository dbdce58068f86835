{# What figures about receivers suppose of a table; docs/methods.md, Living
   standards. #}

with

scopes as (

    select * from {{ ref('scopes') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

gaps as (

    select * from {{ ref('int_footprint_gaps') }}

),

structures as (

    -- one region alone is not set apart from others, and has no receivers
    select
        year,
        count(*) > 1 and count(industry_type) = 0 as is_one_structure
    from {{ ref('int_industry_types') }}
    group by 1

),

int_premises as (

    select
        scopes.year,
        scopes.stressor_id,
        dataset.country,
        coalesce(gaps.is_incomplete, false) as is_incomplete,
        gaps.footprints,
        gaps.published,
        coalesce(structures.is_one_structure, false) as is_one_structure
    from scopes
    cross join dataset
    left join gaps using (year, stressor_id)
    left join structures using (year)

)

select * from int_premises
