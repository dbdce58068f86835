-- what combinations with each value of a choice avoid
with

choices as (

    select
        quota,
        unnest([
            struct_pack(choice := 'Who acts', answer := rule_id),
            struct_pack(
                choice := 'How clean producers become',
                answer := benchmark_id
            ),
            struct_pack(choice := 'Cap on consumers', answer := cap_id),
            struct_pack(
                choice := 'Power supply',
                answer := if(includes_power_supply, 'included', 'left out')
            )
        ]) as taken
    from quota_by_choice
    where
        year = $year
        and stressor_id = $stressor

),

answers as (

    select
        quota,
        struct_extract(taken, 'choice') as choice,
        struct_extract(taken, 'answer') as answer
    from choices

)

select
    choice,
    answer,
    avg(quota) as mean,
    min(quota) as smallest,
    max(quota) as largest
from answers
group by choice, answer
order by
    max(avg(quota)) over (partition by choice)
    - min(avg(quota)) over (partition by choice) desc,
    1,
    3,
    2
