{# Every statement of the seed is computed, for every year and mass stressor. #}

with

statements as (

    select * from {{ ref('headline_statements') }}

),

rankings as (

    select * from {{ ref('footprint_rankings') }}

),

headlines as (

    select * from {{ ref('headlines') }}

),

cases as (

    select distinct
        year,
        stressor_id
    from rankings

),

compared as (

    select
        cases.year,
        cases.stressor_id,
        statements.headline_id,
        headlines.headline_id as computed_headline_id
    from cases
    cross join statements
    left join headlines
        on
            cases.year = headlines.year
            and cases.stressor_id = headlines.stressor_id
            and statements.headline_id = headlines.headline_id

)

select * from compared
where computed_headline_id is null
