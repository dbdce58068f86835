{# Why did the footprint of a region change since the year before? #}

with

scope as (

    {{ analysis_scope(['year', 'stressor_id', 'region_id']) }}

),

changes as (

    select * from {{ ref('footprint_changes') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

explained as (

    select
        changes.*,
        accounts.consumption_footprint as footprint_before
    from changes
    inner join accounts
        on
            changes.base_year = accounts.year
            and changes.stressor_id = accounts.stressor_id
            and changes.region_id = accounts.region_id
    where changes.is_additive

)

select
    explained.region_name,
    explained.base_year,
    explained.year,
    explained.effect_id,
    explained.footprint_before,
    explained.change,
    {{ safe_divide('explained.change', 'explained.footprint_before') }}
        as change_share,
    case
        when not explained.is_deflated then 'current' else
            'those of the index'
    end as prices,
    case
        when explained.effect_id is null
            then
                'no earlier year: a change is between two years of a dataset, '
                || 'of a stressor that is a mass, and '
                || scope.year || ' has none before it'
    end as not_answered
from scope
left join explained using (year, stressor_id, region_id)
order by abs(explained.change) desc, explained.effect_id asc
