with

staged as (

    select * from {{ ref('stg_audit_checks') }}

),

int_audit_checks as (

    select
        check_id,
        year,
        status,
        message,
        worst_offenders,
        offenders,
        total
    from staged

)

select * from int_audit_checks
