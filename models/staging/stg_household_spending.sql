{# A label becomes its sectors. Neither a sector nor a label means all products.
   #}

with

source as (

    select * from {{ source('ingested', 'household_spending') }}

),

labels as (

    select * from {{ source('ingested', 'labels') }}

),

stg_household_spending as (

    select
        source.year,
        source.region_id,
        source.group_id,
        coalesce(source.sector_id, labels.sector_id) as sector_id,
        case
            when source.sector_id is not null then 3
            when source.label_id is not null then 2
            else 1
        end as specificity,
        source.value
    from source
    left join labels using (label_id)

)

select * from stg_household_spending
