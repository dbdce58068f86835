{# Whether anything leaves or enters the system in a year. A row of zeros says
   no more than an absent row. #}

with

years as (

    select * from {{ ref('int_years') }}

),

exports as (

    select * from {{ ref('stg_exports') }}

),

imports as (

    select * from {{ ref('stg_imports') }}

),

export_years as (

    select distinct year
    from exports
    where amount <> 0

),

import_years as (

    select
        year,
        count(category_id) > 0 as has_final_imports
    from imports
    where amount <> 0
    group by 1

),

int_outside_trade as (

    select
        years.year,
        export_years.year is not null as has_exports,
        import_years.year is not null as has_imports,
        coalesce(import_years.has_final_imports, false) as has_final_imports
    from years
    left join export_years using (year)
    left join import_years using (year)

)

select * from int_outside_trade
