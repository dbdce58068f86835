-- who emits for the final demand of each region (suppliers), and for whose it
-- emits (customers): itself, what is no region, the largest partners, and
-- the others together
with

accounts as (

    select * from regional_accounts
    where
        year = $year
        and stressor_id = $stressor

),

-- what the lines of a list add up to, and those of them that are no partners
lists as (

    select
        region_id,
        'suppliers' as list_id,
        consumption_footprint as whole,
        local_emissions + direct_emissions as itself,
        0 as outside,
        0 as nobody
    from accounts

    union all

    select
        region_id,
        'customers' as list_id,
        production_emissions as whole,
        local_emissions + direct_emissions as itself,
        export_emissions as outside,
        unattributed_emissions as nobody
    from accounts

),

flows as (

    select
        destination_region_id as region_id,
        'suppliers' as list_id,
        origin_region_id as partner_region_id,
        gross_flow as emissions
    from leakage_flows
    where
        year = $year
        and stressor_id = $stressor
        and gross_flow > 0

    union all

    select
        origin_region_id as region_id,
        'customers' as list_id,
        destination_region_id as partner_region_id,
        gross_flow as emissions
    from leakage_flows
    where
        year = $year
        and stressor_id = $stressor
        and gross_flow > 0

),

ranked as (

    select
        *,
        row_number() over (
            partition by region_id, list_id
            order by emissions desc, partner_region_id asc
        ) as place
    from flows

),

-- fewer of many regions, so that their pages stay small
shown as (

    select greatest(3, least(10, 4000 // count(*))) as most
    from accounts

),

partners as (

    select ranked.*
    from ranked
    inner join shown on ranked.place <= shown.most

),

accounted as (

    unpivot lists
    on itself, outside, nobody
    into name kind value emissions

),

single as (

    select
        region_id,
        list_id,
        'partner' as kind,
        partner_region_id,
        emissions
    from partners

    union all

    select
        region_id,
        list_id,
        kind,
        if(kind = 'itself', region_id, null) as partner_region_id,
        emissions
    from accounted
    where emissions <> 0

),

known as (

    select
        region_id,
        list_id,
        count(*) as partners
    from flows
    group by 1, 2

),

others as (

    select
        lists.region_id,
        lists.list_id,
        'others' as kind,
        lists.whole - sum(single.emissions) as emissions,
        any_value(known.partners)
        - count(*) filter (where single.kind = 'partner') as regions
    from lists
    inner join single using (region_id, list_id)
    inner join known using (region_id, list_id)
    group by lists.region_id, lists.list_id, lists.whole
    having regions > 0

),

lines as (

    select * from single

    union all by name

    select * from others

)

select
    lines.region_id,
    lines.list_id,
    lines.kind,
    lines.partner_region_id,
    lines.regions,
    lines.emissions,
    if(lists.whole > 0, lines.emissions / lists.whole, null) as whole_share
from lines
inner join lists using (region_id, list_id)
order by
    lines.region_id asc,
    lines.list_id desc,
    lines.kind = 'others' asc,
    lines.emissions desc,
    lines.partner_region_id asc
