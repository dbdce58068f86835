{# A run of some models reads the errors that are there. If it asks for another
   rule than these were made by, it stops, because its choice would have no
   effect. Leaving the var out asks for the default. #}

{{ config(enabled=is_chosen('analyses')) }}

with

rules as (

    select * from {{ ref('error_rules') }}

),

built as (

    select distinct uncertainty_rule
    from {{ ref('int_error_rules') }}

),

footprints as (

    select distinct uncertainty_rule
    from {{ ref('footprint_uncertainty') }}

),

pairs as (

    select distinct uncertainty_rule
    from {{ ref('footprint_covariances') }}

),

headlines as (

    select distinct uncertainty_rule
    from {{ ref('headline_uncertainty') }}

),

asked as (

    select distinct uncertainty_rule
    from rules
    where {{ is_in_use('uncertainty_rule', 'is_default', 'error_rule') }}

),

marts as (

    select * from footprints
    union
    select * from pairs
    union
    select * from headlines

)

select
    error(
        'the errors were built with error_rule ' || built.uncertainty_rule
        || '; this run asks for ' || asked.uncertainty_rule
        || '. Build all that stands on it: dbt build --select int_error_rules+'
    ) as problem
from built
cross join asked
where built.uncertainty_rule <> asked.uncertainty_rule

union all

select
    'an uncertainty mart has rows of the rule '
    || marts.uncertainty_rule as problem
from marts
cross join built
where marts.uncertainty_rule <> built.uncertainty_rule
