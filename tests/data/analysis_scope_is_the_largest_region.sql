{# What an analysis is about without any var: one row of the last year, and no
   ranked region of its stressor has a larger footprint. The second scope is of
   a smaller region and an earlier year, and must be found out. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

regions as (

    select * from {{ ref('regions') }}

),

scopes as (

    select
        chosen.year as scope_year,
        chosen.stressor_id,
        chosen.region_id,
        true as is_right
    from ({{ analysis_scope() }}) as chosen

    union all

    select
        chosen.year - 1 as scope_year,
        chosen.stressor_id,
        'no region' as region_id,
        false as is_right
    from ({{ analysis_scope() }}) as chosen

),

judged as (

    select
        scopes.scope_year,
        scopes.stressor_id,
        scopes.region_id,
        scopes.is_right,
        scopes.scope_year = (select max(accounts.year) from accounts)
        and coalesce(
            own.consumption_footprint >= (
                -- of all regions, where none is ranked
                select
                    coalesce(
                        max(
                            case
                                when regions.is_ranked
                                    then accounts.consumption_footprint
                            end
                        ),
                        max(accounts.consumption_footprint)
                    )
                from accounts
                inner join regions using (region_id)
                where
                    accounts.year = scopes.scope_year
                    and accounts.stressor_id = scopes.stressor_id
            ),
            false
        ) as is_largest_of_last_year
    from scopes
    left join accounts as own
        on
            scopes.scope_year = own.year
            and scopes.stressor_id = own.stressor_id
            and scopes.region_id = own.region_id

)

select * from judged
-- with vars the choice is the asker's
where
    {{ var('year', none) is none and var('stressor_id', none) is none
        and var('region_id', none) is none }}
    and is_largest_of_last_year <> is_right

union all

select
    null as scope_year,
    null as stressor_id,
    'rows of the scope: ' || count(*) as region_id,
    true as is_right,
    false as is_largest_of_last_year
from judged
having count(*) <> 2
