with

prepared as (

    select * from {{ ref('int_audit_checks') }}

),

audit_checks as (

    select
        check_id,
        year,
        status,
        message,
        worst_offenders,
        offenders,
        total
    from prepared

)

select * from audit_checks
