{# Expected ranks of n regions make n (n + 1) / 2, and as many regions as 32 of
   309 are among the largest in every draw. In a compiled table nothing is drawn. #}

{{ config(enabled=is_chosen('analyses')) }}

with

dataset as (

    select is_compiled from {{ ref('dataset') }}

),

ranks as (

    select * from {{ ref('footprint_uncertainty') }}
    where footprint_rank is not null

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

select sums.* from sums
cross join dataset
where
    case
        when dataset.is_compiled
            then coalesce(sums.ranks, sums.super_emitters) is not null
        else
            not coalesce(
                abs(
                    sums.ranks
                    - sums.regions * (sums.regions + 1) / cast(2 as double)
                )
                <= cast(1e-9 as double) * sums.regions * sums.regions,
                false
            )
            or not coalesce(
                abs(
                    sums.super_emitters
                    - {{ ceil_divide('32 * sums.regions', '309') }}
                )
                <= cast(1e-9 as double) * sums.regions,
                false
            )
    end
