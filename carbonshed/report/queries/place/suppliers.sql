with

ordered as (

    select
        destination_region_id as region_id,
        origin_region_id as partner_id,
        gross_flow,
        row_number() over (
            partition by destination_region_id
            order by gross_flow desc, origin_region_id asc
        ) as place,
        count(*) over (partition by destination_region_id) as partners
    from leakage_flows
    where
        year = $year
        and stressor_id = $stressor
        and gross_flow > 0

)

select * from ordered
where place <= $most
order by region_id, place
