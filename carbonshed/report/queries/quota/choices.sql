-- what the combinations with each value of a choice avoid: one that decides much differs
with

choices as (

    select
        quota,
        unnest([
            {'choice': 'Who acts', 'answer': rule_id},
            {
                'choice': 'How clean producers become',
                'answer': benchmark_id
            },
            {'choice': 'Cap on consumers', 'answer': cap_id},
            {
                'choice': 'Power supply',
                'answer': if(includes_power_supply, 'included', 'left out')
            }
        ]) as taken
    from quota_by_choice
    where
        year = $year
        and stressor_id = $stressor

)

select
    taken.choice as choice,
    taken.answer as answer,
    avg(quota) as mean,
    min(quota) as least,
    max(quota) as most
from choices
group by 1, 2
order by
    max(avg(quota)) over (partition by taken.choice)
    - min(avg(quota)) over (partition by taken.choice) desc,
    1,
    3,
    2
