with

-- stretches of the curve between one region and the next
stretches as (

    select
        measure,
        cumulative_population_share as people_to,
        cumulative_amount_share as amount_to,
        lag(cumulative_population_share, 1, 0) over regions as people_from,
        lag(cumulative_amount_share, 1, 0) over regions as amount_from
    from lorenz_curve
    where
        year = $year
        and stressor_id = $stressor
    window regions as (partition by measure order by rank_order)

),

tenths as (

    select unnest(range(1, 11)) as tenth

),

-- the curve at each tenth of the people: straight between two regions
points as (

    select
        stretches.measure,
        tenths.tenth,
        max(
            case
                when tenths.tenth = 10 then stretches.amount_to
                else
                    stretches.amount_from
                    + (stretches.amount_to - stretches.amount_from)
                    * (tenths.tenth / 10 - stretches.people_from)
                    / (stretches.people_to - stretches.people_from)
            end
        ) as amount_share_to
    from stretches
    inner join tenths
        on
            tenths.tenth = 10
            or (
                stretches.people_from < tenths.tenth / 10
                and tenths.tenth / 10 <= stretches.people_to
            )
    group by 1, 2

)

select
    measure,
    tenth,
    amount_share_to
    - lag(amount_share_to, 1, 0) over curve as amount_share,
    10 * (amount_share_to - lag(amount_share_to, 1, 0) over curve)
        as times_the_mean
from points
window curve as (partition by measure order by tenth)
order by 1, 2
