-- the largest supply chains of each region that have a supplier, up to what
-- its final users buy; its own name is left out
with

paths as (

    select
        region_id,
        array_to_string(
            list_reverse(
                string_split(
                    regexp_replace(
                        path_names,
                        ' in ' || regexp_escape(region_name) || '( <- |$)',
                        '\1',
                        'g'
                    ),
                    ' <- '
                )
            ),
            ' → '
        ) as path_names,
        emissions,
        row_number() over (partition by region_id order by path_rank)
            as path_number
    from supply_paths
    where
        year = $year
        and stressor_id = $stressor
        and tier > 0
        and emissions > 0

),

footprints as (

    select
        region_id,
        consumption_footprint,
        -- fewer of many regions, so that their pages stay small
        greatest(3, least(10, 4000 // count(*) over ())) as most
    from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

)

select
    paths.region_id,
    'paths' as list_id,
    paths.path_names,
    paths.emissions,
    if(
        footprints.consumption_footprint > 0,
        paths.emissions / footprints.consumption_footprint,
        null
    ) as whole_share
from paths
inner join footprints using (region_id)
where paths.path_number <= footprints.most
order by paths.region_id, paths.path_number
