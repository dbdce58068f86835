with

ordered as (

    select
        origin_region_id as region_id,
        destination_region_id as partner_id,
        gross_flow,
        row_number() over (
            partition by origin_region_id
            order by gross_flow desc, destination_region_id asc
        ) as place,
        count(*) over (partition by origin_region_id) as partners
    from leakage_flows
    where
        year = $year
        and stressor_id = $stressor
        and gross_flow > 0

)

select * from ordered
where place <= $most
order by region_id, place
