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

)

select * from paths
where path_number <= $most
order by region_id, path_number
