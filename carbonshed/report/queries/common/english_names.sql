-- a name that two regions share has an English one only if they share that too;
-- an English name of several names does not say which is meant
with

named as (

    select
        region_name,
        min(region_name_en) as region_name_en
    from regions
    group by region_name
    having
        count(*) = count(region_name_en)
        and count(distinct region_name_en) = 1

)

select
    named.region_name,
    named.region_name_en,
    count(distinct regions.region_name) > 1 as is_shared
from named
inner join regions
    on
        named.region_name = regions.region_name
        or named.region_name_en in (regions.region_name_en, regions.region_name)
group by named.region_name, named.region_name_en
order by named.region_name
