{# How much a person's footprint may be under each cap; docs/methods.md,
   Pathways. #}

with

accounts as (

    select * from {{ ref('regional_accounts') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_types as (

    select * from {{ ref('int_region_types') }}

),

comparators as (

    select * from {{ ref('yearly_comparators') }}

),

caps as (

    select * from {{ ref('caps') }}

),

-- without a ranked region there is no mean, and still the world's figure
means as (

    select
        accounts.year,
        accounts.stressor_id,
    {% for mean, condition in [
        ('national_mean', 'accounts.is_ranked'),
        ('affluent_mean', "region_types.affluence = 'high'"),
    ] %}
        {{ safe_divide(
            'sum(accounts.consumption_footprint) filter (where '
            ~ condition ~ ')',
            'sum(accounts.population) filter (where ' ~ condition ~ ')'
        ) }} as {{ mean }}{{ ',' if not loop.last }}
    {% endfor %}
    from accounts
    inner join stressors using (stressor_id)
    left join region_types using (year, region_id)
    where stressors.is_mass
    group by 1, 2

),

defined_caps as (

    select
        means.year,
        means.stressor_id,
        caps.cap_id,
        case caps.kind
            when 'national_mean' then means.national_mean
            when 'affluent_mean' then means.affluent_mean
            when 'comparator' then comparators.tonnes_per_person
        end as tonnes_per_person
    from means
    cross join caps
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
