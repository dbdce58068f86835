{# Whether poorer regions bear more of a price, and how sure that is;
   docs/methods.md, Price on emissions. #}

{{ config(enabled=is_chosen('analyses')) }}

{%- set group = ['year', 'stressor_id', 'price_id'] %}
{#- what is added up from poor to rich: one pair by GDP per person, one by what
    households spend per person -#}
{%- set orders = {
    'gdp_per_capita': ['burden', 'gdp'],
    'spending_per_capita': ['household_burden', 'household_spending'],
} %}

with

burdens as (

    select * from {{ ref('carbon_price_burden') }}

),

region_years as (

    select * from {{ ref('int_region_years') }}

),

accounts as (

    select * from {{ ref('regional_accounts') }}

),

covariances as (

    select * from {{ ref('footprint_covariances') }}

),

ranked_regions as (

    select
        burdens.*,
        region_years.gdp,
        region_years.gdp_per_capita,
        {{ safe_divide(
            'burdens.household_spending', 'region_years.population'
        ) }} as spending_per_capita,
        region_years.population,
        sum(region_years.population) over regions as all_people,
        count(*) over regions as regions,
    {% for order, measures in orders.items() %}
        {% for measure in measures %}
            sum({{ measure }}) over regions as all_{{ measure }},
        {% endfor %}
        count({{ order }}) over regions as regions_with_{{ order }}
        {{- "," if not loop.last }}
    {% endfor %}
    from burdens
    inner join region_years using (year, region_id)
    where region_years.is_ranked
    window regions as (
        partition by
            burdens.year, burdens.stressor_id, burdens.price_id
    )

),

-- one unknown GDP leaves the order unknown
{% for order, measures in orders.items() %}
    from_poor_to_rich_by_{{ order }} as (

        select
            *,
            {{ safe_divide('population', 'all_people') }} as population_share,
            {{ running_total('population', group, order ~ ', region_id') }}
            / nullif(all_people, 0) as cumulative_population_share,
        {% for measure in measures %}
            {{ safe_divide(measure, 'all_' ~ measure) }}
                as {{ measure }}_part,
            {{ running_total(measure, group, order ~ ', region_id') }}
            / nullif(all_{{ measure }}, 0)
                as cumulative_{{ measure }}_part
            {{- "," if not loop.last }}
        {% endfor %}
        from ranked_regions
        where regions_with_{{ order }} = regions

    ),

    indices_by_{{ order }} as (

        select
            year,
            stressor_id,
            price_id,
        {% for measure in measures %}
            {% for end in ['poorest', 'richest'] %}
                case
                    when max(all_{{ measure }}) > 0
                        then
                            max(all_{{ measure }}) * {{ share_of_tenths(
                                    2,
                                    end,
                                    'population_share',
                                    'cumulative_population_share',
                                    measure ~ '_part'
                                ) }}
                end as {{ end }}_{{ measure }},
            {% endfor %}
            case
                when max(all_{{ measure }}) > 0
                    then
                            {{ gini(
                                'population_share',
                                measure ~ '_part',
                                'cumulative_' ~ measure ~ '_part'
                            ) }}
            end as {{ measure }}_index{{ "," if not loop.last }}
        {% endfor %}
        from from_poor_to_rich_by_{{ order }}
        group by 1, 2, 3

    ),
{% endfor %}

-- whose people a fifth is made of
people_of_fifths as (

    select
        year,
        stressor_id,
        price_id,
        region_id,
    {% for end in ['poorest', 'richest'] %}
        5 * population_share * {{ part_in_tenths(
                2, end, 'population_share', 'cumulative_population_share'
            ) }} as {{ end }}_part
        {{- "," if not loop.last }}
    {% endfor %}
    from from_poor_to_rich_by_spending_per_capita

),

-- less than a billionth of a fifth is rounding
fifths as (

    select
        year,
        stressor_id,
        price_id,
        {% for end in ['poorest', 'richest'] %}
            cast(count(*) filter (where {{ end }}_part > 1e-9) as integer)
                as {{ end }}_fifth_regions,
        {% endfor %}
        max_by(
            region_id, row(greatest(poorest_part, richest_part), region_id)
        ) as fifth_largest_region_id,
        max(greatest(poorest_part, richest_part)) as fifth_largest_region_share
    from people_of_fifths
    group by 1, 2, 3

),

-- by how much the index of burdens moves if all burdens of a region move in
-- proportion, as its footprint does
gradients as (

    select
        regions.year,
        regions.stressor_id,
        regions.price_id,
        regions.region_id,
        2 * regions.household_burden_part
        * (
            regions.cumulative_population_share
            - regions.population_share / 2
            - (indices.household_burden_index + 1) / 2
        )
        / nullif(accounts.consumption_footprint, 0) as gradient
    from from_poor_to_rich_by_spending_per_capita as regions
    inner join indices_by_spending_per_capita as indices
        using (year, stressor_id, price_id)
    inner join accounts using (year, stressor_id, region_id)

),

-- spending has no errors here, so that those of the burden are the index's
errors as (

    select
        gradients.year,
        gradients.stressor_id,
        gradients.price_id,
        sqrt(
            greatest(
                sum(
                    gradients.gradient
                    * covariances.covariance
                    * other_gradients.gradient
                ),
                0
            )
        ) as standard_error
    from gradients
    inner join covariances using (year, stressor_id, region_id)
    inner join gradients as other_gradients
        on
            gradients.year = other_gradients.year
            and gradients.stressor_id = other_gradients.stressor_id
            and gradients.price_id = other_gradients.price_id
            and covariances.other_region_id = other_gradients.region_id
    group by 1, 2, 3

),

int_price_incidence as (

    select
        by_spending.year,
        by_spending.stressor_id,
        by_spending.price_id,
        by_gdp.burden_index as concentration_index,
        by_gdp.burden_index - by_gdp.gdp_index as kakwani_index,
        by_spending.household_burden_index
        - by_spending.household_spending_index as household_kakwani_index,
        case
            when by_spending.household_burden_index is not null
                then coalesce(errors.standard_error, 0)
        end as household_kakwani_standard_error,
        fifths.* exclude (year, stressor_id, price_id),
    {% for end in ['poorest', 'richest'] %}
        {{ safe_divide('by_gdp.' ~ end ~ '_burden', 'by_gdp.' ~ end ~ '_gdp') }}
            as {{ end }}_fifth_gdp_share,
            {{ safe_divide(
                'by_spending.' ~ end ~ '_household_burden',
                'by_spending.' ~ end ~ '_household_spending'
            ) }} as {{ end }}_fifth_household_share
        {{- "," if not loop.last }}
    {% endfor %}
    from indices_by_spending_per_capita as by_spending
    left join indices_by_gdp_per_capita as by_gdp
        using (year, stressor_id, price_id)
    left join fifths using (year, stressor_id, price_id)
    left join errors using (year, stressor_id, price_id)

)

select * from int_price_incidence
