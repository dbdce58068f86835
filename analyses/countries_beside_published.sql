{# How do a country's emissions and footprint compare with the Global Carbon
   Budget's, and with official footprints of the dataset? #}

with

scope as (

    {{ analysis_scope() }}

),

comparisons as (

    select
        *,
        max(published_emissions) over (
            partition by year, stressor_id, country_id
        ) as size_of_the_country
    from {{ ref('published_comparisons') }}

)

select
    comparisons.country_name,
    comparisons.account_id,
    comparisons.computed_emissions,
    comparisons.published_emissions,
    100 * comparisons.relative_difference as difference_in_per_cent,
    case comparisons.computed_leaves_out
        when '' then 'nothing' else comparisons.computed_leaves_out
    end as computed_leaves_out,
    case
        when comparisons.published_leaves_out <> ''
            then comparisons.published_leaves_out
        when comparisons.account_id = 'official' then 'not said'
        when comparisons.published_leaves_out = '' then 'nothing'
    end as published_leaves_out,
    comparisons.published_extent,
    comparisons.country_id,
    comparisons.source,
    case
        when comparisons.country_id is null
            then
                'nothing published: the seed published_footprints has no '
                || scope.stressor_id || ' of ' || scope.year
                || ' for the country of this dataset, or for regions whose ids '
                || 'are ISO 3166 alpha-3'
    end as not_answered
from scope
left join comparisons using (year, stressor_id)
order by
    comparisons.size_of_the_country desc,
    comparisons.country_id asc,
    case comparisons.account_id
        when 'production' then 1 when 'consumption' then 2
        when 'consumption_with_imports' then 3 else 4
    end asc
