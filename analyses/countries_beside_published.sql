{# How do a country's emissions and footprint compare with the Global Carbon
   Budget's? #}

with

scope as (

    {{ analysis_scope() }}

),

comparisons as (

    select
        comparisons.*,
        max(comparisons.published_emissions) over (
            partition by comparisons.country_id
        ) as size_of_the_country
    from {{ ref('published_comparisons') }} as comparisons
    inner join scope using (year, stressor_id)

)

select
    country_name,
    account_id,
    computed_emissions,
    published_emissions,
    100 * relative_difference as difference_in_per_cent,
    computed_leaves_out,
    published_leaves_out,
    country_id,
    source
from comparisons
order by size_of_the_country desc, country_id asc, account_id desc
