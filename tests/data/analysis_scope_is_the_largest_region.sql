{# What an analysis is about without any var: one row, of the last year, and no
   region that is ranked as well has a larger footprint of its stressor. #}

with

accounts as (

    select
        outcomes.year,
        outcomes.stressor_id,
        outcomes.region_id,
        outcomes.consumption_footprint,
        regions.is_ranked
    from {{ ref('regional_accounts') }} as outcomes
    inner join {{ ref('regions') }} as regions using (region_id)

),

scope as (

    {{ analysis_scope() }}

),

chosen as (

    select accounts.*
    from accounts
    inner join scope using (year, stressor_id, region_id)

),

better as (

    select
        accounts.year,
        accounts.stressor_id,
        accounts.region_id
    from accounts
    cross join chosen
    where
        accounts.year > chosen.year
        or (
            accounts.year = chosen.year
            and accounts.stressor_id = chosen.stressor_id
            and (accounts.is_ranked or not chosen.is_ranked)
            and (
                accounts.consumption_footprint > chosen.consumption_footprint
                or (accounts.is_ranked and not chosen.is_ranked)
            )
        )

)

select * from better

union all

select
    null as year,
    null as stressor_id,
    'rows of the scope: ' || count(*) as region_id
from chosen
having count(*) <> 1
