{# Ranges of roles do not overlap, and just one role is that of all others: a
   region has one role. #}

with

roles as (

    select
        *,
        ratio_from is null and ratio_to is null as is_other
    from {{ ref('supply_chain_roles') }}

)

select
    roles.supply_chain_role,
    later.supply_chain_role as overlaps_with
from roles
inner join roles as later
    on roles.supply_chain_role < later.supply_chain_role
where
    not roles.is_other
    and not later.is_other
    and coalesce(roles.ratio_from <= later.ratio_to, true)
    and coalesce(later.ratio_from <= roles.ratio_to, true)

union all

select
    'roles without bounds' as supply_chain_role,
    cast(sum(case when is_other then 1 else 0 end) as varchar)
        as overlaps_with
from roles
having coalesce(sum(case when is_other then 1 else 0 end), 0) <> 1
