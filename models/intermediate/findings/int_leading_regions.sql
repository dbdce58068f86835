{# The ranked region that findings name first, contest by contest: of equals the
   first by id. A country whose published footprint contradicts the table does
   not lead; docs/methods.md, Findings. #}

with

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

balances as (

    select * from {{ ref('trade_balances') }}

),

changes as (

    select * from {{ ref('int_changes_per_person') }}

),

comparisons as (

    select * from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

dataset as (

    select * from {{ ref('dataset') }}

),

contests as (

    select
        year,
        stressor_id,
        'largest' as contest,
        region_id,
        consumption_footprint as amount,
        consumption_footprint as score
    from rankings

    union all

    select
        year,
        stressor_id,
        'per_person' as contest,
        region_id,
        footprint_per_capita as amount,
        footprint_per_capita as score
    from rankings

    union all

    select
        year,
        stressor_id,
        'least_per_person' as contest,
        region_id,
        footprint_per_capita as amount,
        -footprint_per_capita as score
    from rankings

    union all

    select
        year,
        stressor_id,
        'change' as contest,
        region_id,
        change_factor as amount,
        abs(change_factor - 1) as score
    from changes

    union all

    -- of two that trade with each other alone, the one that emits for the other
    select
        balances.year,
        balances.stressor_id,
        'net' as contest,
        balances.region_id,
        balances.net_transfer as amount,
        abs(balances.net_transfer) as score
    from balances
    inner join rankings using (year, stressor_id, region_id)

),

-- only a table of the world has countries of which something is published
judged as (

    select
        contests.*,
        comparisons.published_emissions,
        case
            when dataset.country = 'WLD' and not dataset.is_synthetic
                then comparisons.is_inside_interval
        end as agrees_with_published
    from contests
    cross join dataset
    left join comparisons
        on
            contests.year = comparisons.year
            and contests.stressor_id = comparisons.stressor_id
            and contests.region_id = comparisons.country_id

),

scaled as (

    select
        *,
        max(abs(score)) over (partition by year, stressor_id, contest) as scale
    from judged

),

-- scores that are equal but for rounding are equal
placed as (

    select
        * exclude (scale),
        row_number() over (
            partition by year, stressor_id, contest
            order by
                round(1e12 * {{ safe_divide('score', 'scale') }}) desc
                nulls last,
                amount desc nulls last,
                region_id asc
        ) as place
    from scaled

),

-- whoever is first, or else the first that agrees with what is published
candidates as (

    select
        *,
        bool_or(place = 1 and agrees_with_published is distinct from false)
            over contest as is_first_licensed
    from placed
    window contest as (partition by year, stressor_id, contest)

),

leaders as (

    select
        *,
        row_number() over (
            partition by year, stressor_id, contest order by place asc
        ) as leading_place,
        first_value(amount) over (
            partition by year, stressor_id, contest order by place asc
        ) as leading_amount,
        first_value(score) over (
            partition by year, stressor_id, contest order by place asc
        ) as leading_score
    from candidates
    where is_first_licensed or agrees_with_published

),

led as (

    select
        year,
        stressor_id,
        contest,
        max(region_id) filter (where leading_place = 1) as region_id,
        max(amount) filter (where leading_place = 1) as amount,
        bool_or(agrees_with_published) filter (where leading_place = 1)
            as agrees_with_published,
        count(*) as contestants,
        -- what three digits cannot tell apart, nobody should, of either sign
        count(*) filter (
            where
            {{ three_digits('amount') }} = {{ three_digits('leading_amount') }}
            or {{ three_digits('score') }} = {{ three_digits('leading_score') }}
        ) as equals
    from leaders
    group by 1, 2, 3

),

firsts as (

    select
        year,
        stressor_id,
        contest,
        region_id as first_region_id,
        amount as first_amount,
        published_emissions as first_published,
        is_first_licensed
    from candidates
    where place = 1

),

int_leading_regions as (

    select
        firsts.year,
        firsts.stressor_id,
        firsts.contest,
        led.region_id,
        led.amount,
        case
            when firsts.is_first_licensed then led.agrees_with_published
            else led.region_id is not null
        end as agrees_with_published,
        led.contestants,
        coalesce(led.equals, 0) as equals,
        firsts.first_region_id,
        firsts.first_amount,
        firsts.first_published,
        firsts.is_first_licensed
    from firsts
    left join led using (year, stressor_id, contest)

)

select * from int_leading_regions
