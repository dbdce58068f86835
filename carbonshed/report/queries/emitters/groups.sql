-- rows of the picture: the selected together, their largest, and all others
with

shares as (

    select
        emitters.region_id,
        emitters.region_name,
        emitters.is_selected,
        emitters.emitter_rank,
        emitters.measure_value,
        regional.population,
        count(*) filter (where emitters.is_selected) over () as selected,
        row_number() over (
            partition by emitters.is_selected
            order by emitters.emitter_rank, emitters.region_id
        ) as place,
        sum(emitters.measure_value) over () as footprints,
        -- a share is known only where all people are
        if(
            count(*) over () = count(regional.population) over (),
            sum(regional.population) over (),
            null
        ) as people
    from super_emitters as emitters
    inner join regional_accounts as regional
        using (year, stressor_id, region_id)
    where
        emitters.year = $year
        and emitters.stressor_id = $stressor
        and emitters.is_default_rule

),

-- of many, the first eleven are named
members as (

    select
        *,
        'together' as kind,
        0 as row_order
    from shares
    where
        is_selected
        and selected > 1

    union all

    select
        *,
        if(selected <= 12 or place < 12, 'one', 'more') as kind,
        if(selected <= 12 or place < 12, place, 12) as row_order
    from shares
    where is_selected

    union all

    select
        *,
        'others' as kind,
        13 as row_order
    from shares
    where
        not is_selected
        and selected > 0

)

select
    kind,
    row_order,
    count(*) as regions,
    if(kind = 'one', any_value(region_id), null) as region_id,
    if(kind = 'one', any_value(region_name), null) as region_name,
    sum(measure_value) / nullif(any_value(footprints), 0) as footprint_share,
    sum(population) / nullif(any_value(people), 0) as population_share,
    if(
        count(population) = count(*),
        sum(measure_value) / nullif(sum(population), 0),
        null
    ) as footprint_per_capita
from members
group by kind, row_order
order by row_order
