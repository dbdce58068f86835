{# Figures of the whole table and their errors; docs/methods.md, Uncertainty. #}

{{ config(enabled=is_chosen('analyses')) }}

-- depends_on: {{ ref('error_propagation') }}

with

ranges as (

    select
        year,
        stressor_id,
        quantity,
        min(value) as lowest,
        max(value) as highest
    from {{ ref('variant_headlines') }}
    group by 1, 2, 3

),

rankings as (

    select * from {{ ref('int_footprint_rankings') }}

),

rules as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

pairs as (

    select * from {{ ref('footprint_covariances') }}

),

indices as (

    select * from {{ ref('inequality_indices') }}

),

leakage as (

    select * from {{ ref('leakage_summary') }}

),

footprint_draws as (

    select * from {{ ref('footprint_draws') }}

),

draws as (

    select
        year,
        stressor_id,
        uncertainty_rule,
        quantity,
        mean,
        standard_error,
        p05,
        p50,
        p95
    from footprint_draws
    where region_id is null

),

errors as (

    select
        pairs.year,
        pairs.stressor_id,
        pairs.uncertainty_rule,
        'footprint' as quantity,
        sqrt(greatest(sum(pairs.covariance), 0)) as standard_error
    from pairs
    inner join rankings using (year, stressor_id, region_id)
    inner join rankings as other_rankings
        on
            pairs.year = other_rankings.year
            and pairs.stressor_id = other_rankings.stressor_id
            and pairs.other_region_id = other_rankings.region_id
    group by 1, 2, 3

    union all

    select
        year,
        stressor_id,
        uncertainty_rule,
        'interregional_share' as quantity,
        sqrt(sum(variance)) as standard_error
    from {{ source('solve_store', 'share_variances') }}
    group by 1, 2, 3

),

-- by the var by_origin, else without a row
asked as (

    select distinct
        year,
        stressor_id,
        quantity
    from errors
    where quantity = 'interregional_share'

),

positioned as (

    select
        year,
        stressor_id,
        consumption_footprint,
        row_number() over (
            partition by year, stressor_id
            order by consumption_footprint desc, region_id asc
        ) as footprint_position,
        count(*) over (partition by year, stressor_id) as regions
    from rankings

),

totals as (

    select
        year,
        stressor_id,
        sum(consumption_footprint) as footprint,
        sum(
            case
                -- as many as the study's 32 super-emitters of 309 cities
                when
                    footprint_position
                    <= {{ ceil_divide('32 * regions', '309') }}
                    then consumption_footprint
            end
        ) as top_footprint
    from positioned
    group by 1, 2

),

figures as (

    select
        year,
        stressor_id,
        'footprint' as quantity,
        footprint as value,
        't' as unit
    from totals

    union all

    select
        year,
        stressor_id,
        'top_share' as quantity,
        {{ safe_divide('top_footprint', 'footprint') }} as value,
        'share' as unit
    from totals

    union all

    select
        year,
        stressor_id,
        'gini_footprint' as quantity,
        gini as value,
        'share' as unit
    from indices
    where measure = 'consumption_footprint'

    union all

    select
        leakage.year,
        leakage.stressor_id,
        asked.quantity,
        leakage.interregional_share as value,
        'share' as unit
    from leakage
    inner join asked using (year, stressor_id)

),

intervals as (

    select
        figures.year,
        figures.stressor_id,
        rules.uncertainty_rule,
        figures.quantity,
        figures.value,
        draws.mean as drawn_mean,
        coalesce(draws.standard_error, errors.standard_error)
            as standard_error,
        {% for end, sign in [('p05', '-'), ('p95', '+')] %}
            case
                when errors.standard_error is null then draws.{{ end }}
                else
                    figures.value {{ sign }} {{ upper_normal_quantile() }}
                    * errors.standard_error
            end as {{ end }},
        {% endfor %}
        case
            when errors.standard_error is null then draws.p50
            else figures.value
        end as p50,
        figures.unit
    from figures
    cross join rules
    left join draws using (year, stressor_id, uncertainty_rule, quantity)
    left join errors using (year, stressor_id, uncertainty_rule, quantity)
    where figures.value is not null

),

-- of a compiled table, the interval holds what its variants reach
headline_uncertainty as (

    select
        intervals.* replace (
            {% for end, reach, bound in [
                ('p05', 'least', 'lowest'), ('p95', 'greatest', 'highest')
            ] %}
                case
                    when not dataset.is_compiled then intervals.{{ end }}
                    when ranges.{{ bound }} is not null
                        then
                            {{ reach }}(
                                intervals.{{ end }}, ranges.{{ bound }}
                            )
                end as {{ end }},
            {% endfor %}
            case
                when not dataset.is_compiled or ranges.lowest is not null
                    then intervals.p50
            end as p50
        )
    from intervals
    cross join {{ ref('dataset') }} as dataset
    left join ranges using (year, stressor_id, quantity)

)

select * from headline_uncertainty
