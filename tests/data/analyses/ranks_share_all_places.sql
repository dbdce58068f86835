{# Expected ranks of n regions make n (n + 1) / 2, and as many regions as 32 of
   309 are among the largest in every draw. #}

with

ranks as (

    select * from {{ ref('rank_uncertainty') }}

),

sums as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        count(*) as regions,
        sum(expected_rank) as ranks,
        sum(probability_super_emitter) as super_emitters
    from ranks
    group by 1, 2, 3

)

select * from sums
where
    not coalesce(
        abs(ranks - regions * (regions + 1) / cast(2 as double))
        <= cast(1e-9 as double) * regions * regions,
        false
    )
    or not coalesce(
        abs(super_emitters - {{ ceil_divide('32 * regions', '309') }})
        <= cast(1e-9 as double) * regions,
        false
    )
