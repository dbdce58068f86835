with

transactions as (

    select * from {{ source('ingested', 'transactions') }}

),

dataset as (

    select * from {{ source('ingested', 'dataset') }}

),

stg_transactions as (

    select
        transactions.year,
        transactions.origin_id,
        transactions.destination_id,
        transactions.value * dataset.currency_unit as amount
    from transactions
    cross join dataset

)

select * from stg_transactions
