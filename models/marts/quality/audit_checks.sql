with

audit_checks as (

    select
        check_id,
        year,
        status,
        message,
        worst_offenders,
        offenders,
        total
    from {{ ref('stg_audit_checks') }}

)

select * from audit_checks
