{# How much a person's footprint may be under each cap; docs/methods.md,
   Pathways. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

typology as (

    select * from {{ ref('mitigation_typology') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

caps as (

    select * from {{ ref('caps') }}

),

cases as (

    select distinct
        accounts.year,
        accounts.stressor_id
    from accounts
    inner join stressors using (stressor_id)
    where stressors.is_mass

),

-- the typology holds the ranked regions and mass stressors only
means as (

    select
        typology.year,
        typology.stressor_id,
        {{ safe_divide(
            'sum(accounts.consumption_footprint)', 'sum(accounts.population)'
        ) }} as national_mean,
        {{ safe_divide(
            "sum(case when typology.affluence = 'high'"
            ~ " then accounts.consumption_footprint end)",
            "sum(case when typology.affluence = 'high'"
            ~ " then accounts.population end)"
        ) }} as affluent_mean
    from typology
    inner join accounts using (year, stressor_id, region_id)
    group by 1, 2

),

defined_caps as (

    select
        cases.year,
        cases.stressor_id,
        caps.cap_id,
        case caps.kind
            when 'national_mean' then means.national_mean
            when 'affluent_mean' then means.affluent_mean
            when 'comparator' then comparators.tonnes_per_person
        end as tonnes_per_person
    from cases
    cross join caps
    -- without a ranked region there is no mean, and still the world's figure
    left join means using (year, stressor_id)
    left join comparators using (year, stressor_id, comparator_id)

),

int_yearly_caps as (

    select
        year,
        stressor_id,
        cap_id,
        -- what is not positive caps nobody
        case when tonnes_per_person > 0 then tonnes_per_person end
            as tonnes_per_person
    from defined_caps

)

select * from int_yearly_caps
