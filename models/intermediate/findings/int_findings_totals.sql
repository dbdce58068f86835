{# What footprints add up to, and what is published of them; docs/methods.md,
   Findings. #}

{%- set has_wider_extent = is_chosen('analyses') %}

with

terms as (

    select * from {{ ref('int_finding_terms') }}

),

outside_trade as (

    select * from {{ ref('int_outside_trade') }}

),

-- the published account of a table of one country as a whole
premises as (

    select * from {{ ref('int_premises') }}

),

comparisons as (

    select
        *,
        {{ spoken_name('country_name', "'country'") }} as the_country,
        row_number() over (
            partition by year, stressor_id, is_inside_interval
            order by abs(difference) desc, country_id asc
        ) as difference_order
    from {{ ref('published_comparisons') }}
    where account_id = 'consumption'

),

-- with imports, where marts about them are built
wider as (

    {% if has_wider_extent -%}
        select
            year,
            stressor_id,
            sum(full_footprint) as wider_footprints,
            max(method_id) = 'domestic_technology' as is_domestic_technology
        from {{ ref('footprints_with_imports') }}
        where is_default_method
        group by 1, 2
    {%- else -%}
        select
            year,
            stressor_id,
            cast(null as double) as wider_footprints,
            false as is_domestic_technology
        from premises
        where false
    {%- endif %}

),

-- how many published footprints lie inside the intervals, and which lie
-- furthest outside. What is invented is no country
published as (

    select
        comparisons.year,
        comparisons.stressor_id,
        count(*) as published_accounts,
        case
            when count(comparisons.is_inside_interval) = count(*)
                then count(*) filter (where comparisons.is_inside_interval)
        end as published_inside,
        median(abs(comparisons.relative_difference)) as median_difference,
        string_agg(
            {{ sentence("'published_difference'", 'comparisons') }},
            ', ' order by comparisons.difference_order
        ) filter (
            where
            not comparisons.is_inside_interval
            and comparisons.difference_order <= 3
        ) as outside_names
    from comparisons
    inner join terms using (year, stressor_id)
    inner join premises using (year, stressor_id)
    where
        not terms.is_synthetic
        and (terms.country = 'WLD' or premises.published is not null)
    group by 1, 2

),

figures as (

    select
        terms.*,
        premises.published as published_country,
        published.* exclude (year, stressor_id),
        wider.* exclude (year, stressor_id),
        outside_trade.has_final_imports
    from terms
    inner join premises using (year, stressor_id)
    inner join outside_trade on terms.year = outside_trade.year
    left join published using (year, stressor_id)
    left join wider using (year, stressor_id)

),

clauses as (

    select
        *,
        published_country is null as is_without_published_country,
        abs(footprints / published_country - 1) as published_gap,
        coalesce(footprints < published_country, false) as is_below_published,
        not is_below_published as is_above_published,
        -- published figures hold imports, so footprints are compared with them
        wider_footprints > footprints
        and has_direct_emissions
        and has_final_imports as is_whole_with_imports,
        abs(wider_footprints / published_country - 1) as wider_gap,
        coalesce(wider_footprints < published_country, false)
            as is_wider_below,
        not is_wider_below as is_wider_above,
        not has_direct_emissions and has_final_imports as is_without_direct,
        has_direct_emissions and not has_final_imports as is_without_final,
        not has_direct_emissions and not has_final_imports as is_without_both,
        published_inside = 0 as is_outside_interval,
        published_inside = 1 as is_inside_interval,
        -- of intervals of 90 %, and fewer by more than chance in one case of 20
        cast(round(0.9 * published_accounts) as integer) as published_expected,
        published_inside
        < 0.9 * published_accounts - 1.645 * sqrt(0.09 * published_accounts)
            as is_fewer_inside
    from figures

),

worded as (

    select
        *,
        case when wider_footprints > footprints then {{ sentence(
            "'with_imports'", 'clauses'
        ) }} end as with_imports
    from clauses

),

told as (

    select
        *,
        to_json(worded) as facts
    from worded

),

int_findings_totals as (

    select
        year,
        stressor_id,
        facts,
        'footprint_total' as finding_id,
        2 as finding_position,
        case
            when not coalesce(footprints > 0, false) then null
            when footprints_leave_out = '' then 'footprint_total'
            else 'footprint_total_partial'
        end as text_id,
        footprints as value,
        't' as unit,
        true as is_claim
    from told

    union all by name

    select
        year,
        stressor_id,
        facts,
        'published_accounts' as finding_id,
        3 as finding_position,
        case
            when published_country is not null and is_whole_with_imports
                then 'published_accounts_with_imports'
            when published_country is not null
                then 'published_accounts_country'
            when published_accounts is null then null
            when published_inside is null then 'published_accounts_median'
            when published_accounts = 1 then 'published_accounts_one'
            when published_inside = published_accounts
                then 'published_accounts_all'
            when published_inside = 0 then 'published_accounts_none'
            when published_inside = 1 then 'published_accounts_single'
            else 'published_accounts_some'
        end as text_id,
        {{ safe_divide('published_inside', 'published_accounts') }} as value,
        'share' as unit
    from told

)

select * from int_findings_totals
where text_id is not null
