{# What every finding says of its table in the same words: gas, nouns, and what
   footprints leave out; docs/methods.md, Findings. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

extents as (

    select * from {{ ref('account_extents') }}

),

stressors as (

    select * from {{ ref('stressors') }}
    where is_mass

),

reconciliation as (

    select * from {{ ref('reconciliation') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

totals as (

    select
        year,
        stressor_id,
        count(*) as regions,
        cast(nullif(count(*) filter (where is_ranked), 0) as integer)
            as ranked_regions,
        bool_or(region_type = 'remainder') as has_remainders,
        bool_or(region_type = 'rest_of_world') as has_rest_of_world,
        sum(consumption_footprint) as footprints,
        sum(inflow_emissions) as all_flows
    from accounts
    group by 1, 2

),

described as (

    select
        totals.*,
        case
            when totals.stressor_id = 'co2' then 'CO2'
            when totals.stressor_id = 'ch4' then 'methane'
            when totals.stressor_id = 'n2o' then 'nitrous oxide'
            -- within a sentence: a name, unless it begins with a symbol, as Hg
            when regexp_matches(stressors.stressor_name, '^\p{Lu}\p{Ll}{2}')
                then
                    lower(left(stressors.stressor_name, 1))
                    || substr(stressors.stressor_name, 2)
            else stressors.stressor_name
        end as gas,
        stressors.is_impact,
        extents.scope as extent,
        extents.footprints_leave_out,
        extents.has_exports,
        extents.has_direct_emissions,
        reconciliation.emissions_in,
        reconciliation.unattributed,
        dataset.currency,
        dataset.country,
        dataset.is_synthetic,
        dataset.is_compiled,
        dataset.rank_note,
        dataset.region_noun,
        dataset.region_noun_plural,
        -- what is not ranked is no city, and is in trade all the same
        case
            when totals.has_remainders then 'region'
            else dataset.region_noun
        end as any_noun,
        case
            when totals.has_remainders then 'regions'
            else dataset.region_noun_plural
        end as any_noun_plural
    from totals
    inner join stressors using (stressor_id)
    inner join extents using (year, stressor_id)
    inner join reconciliation using (year, stressor_id)
    cross join dataset

),

int_finding_terms as (

    select
        *,
        nullif(replace(footprints_leave_out, '; ', ' and '), '') as left_out,
        contains(footprints_leave_out, 'imports') as is_without_imports,
        -- as headlines say it: in two words, or the word that fits all
        case
            when footprints_leave_out = '' then null
            when is_without_imports then 'without imports'
            else 'without household fuel'
        end as extent_said,
        upper(left(extent_said, 1)) || substr(extent_said, 2) as extent_first,
        -- emissions are of CO2 where headlines name no gas
        case
            when is_impact and regexp_matches(gas, '\bin CO2e\b') then 'CO2e'
            else regexp_replace(gas, ' \(.*\)$', '')
        end as gas_name,
        case
            when
                stressor_id <> 'co2'
                and regexp_full_match(gas_name, '[\p{L}\d .,-]{1,30}')
                then gas_name
        end as gas_said,
        extent_said is null as is_whole,
        regions > 1 as has_unranked_regions,
        any_noun = 'country'
        and has_rest_of_world
        and not is_without_imports as has_one_rest_of_world,
    {% for noun in ['region_noun', 'any_noun'] %}
        {{ short_noun(noun, 'place') }} as {{ noun }}_said,
        {{ short_noun(noun ~ '_plural', 'places') }}
            as {{ noun }}_plural_said{{ "," if not loop.last }}
    {% endfor %}
    from described

)

select * from int_finding_terms
