{# Whatever the stressor, what a region spends on all products is its final
   demand. Tolerance: 1e-9 of all that the products carry in the year, and of no more
   than final demand holds, so that neither errors nor categories that cancel widen it. #}

with

final_demand as (

    select * from {{ ref('stg_final_demand') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

products as (

    select * from {{ ref('footprint_by_product') }}

),

spent as (

    select
        year,
        region_id,
        sum(amount) as expenditure,
        sum(abs(amount)) as reference_total
    from final_demand
    group by 1, 2

),

spent_by_all as (

    select
        year,
        sum(reference_total) as reference_total
    from spent
    group by 1

),

carried as (

    select
        year,
        stressor_id,
        region_id,
        sum(expenditure) as expenditure,
        sum(abs(expenditure)) as reference_total
    from products
    group by 1, 2, 3

),

carried_by_all as (

    select
        year,
        stressor_id,
        sum(reference_total) as reference_total
    from carried
    group by 1, 2

),

compared as (

    select
        spent.year,
        stressors.stressor_id,
        spent.region_id,
        spent.expenditure as spent,
        coalesce(carried.expenditure, 0) as carried,
        cast(1e-9 as double) * least(
            spent_by_all.reference_total,
            coalesce(carried_by_all.reference_total, 0)
        ) as tolerated
    from spent
    cross join stressors
    inner join spent_by_all using (year)
    left join carried using (year, stressor_id, region_id)
    left join carried_by_all using (year, stressor_id)

)

select
    year,
    stressor_id,
    region_id,
    spent,
    carried
from compared
where not coalesce(abs(spent - carried) <= tolerated, false)

union all

-- nothing compared is nothing shown
select
    max(year) as last_year,
    'no rows' as stressor_id,
    max(region_id) as region_id,
    max(spent) as spent,
    max(carried) as carried
from compared
having count(*) = 0
