with

source as (

    select * from {{ source('ingested', 'audit_checks') }}

),

stg_audit_checks as (

    select
        check_id,
        year,
        status,
        message,
        worst as worst_offenders,
        count as offenders,
        total
    from source

)

select * from stg_audit_checks
