{# Which regions would pay most at the border of a zone, and how much of their
   goods and of their GDP is it? #}

with

scope as (

    {{ analysis_scope() }}

),

exposure as (

    select * from {{ ref('border_exposure_by_region') }}

),

-- without power supply there is no scope with electricity
charges as (

    select
        charge_id,
        max(is_default_scope) as has_default_scope
    from exposure
    group by 1

),

shown as (

    select exposure.*
    from exposure
    inner join charges using (charge_id)
    where
        exposure.is_default_scope
        or (not charges.has_default_scope and exposure.scope_id = 'direct')

)

select
    shown.charge_id as charge_at_border,
    shown.region_name as region,
    shown.scope_id,
    shown.deliveries,
    shown.charged_emissions,
    shown.charge,
    shown.charge_share,
    shown.gdp_share,
    shown.charge_note,
    case
        when shown.charge_id is null
            then
                'nothing is charged at a border: the dataset has no '
                || 'border_charges, or ' || scope.stressor_id
                || ' has no price, as co2 and impacts have'
    end as not_answered
from scope
left join shown using (year, stressor_id)
order by
    charge_at_border asc,
    shown.charge desc,
    shown.region_id asc
