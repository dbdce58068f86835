{# How large errors are in this build: the rows of one rule. #}

{{ config(enabled=is_chosen('analyses')) }}

select
    uncertainty_rule,
    component,
    rse_largest,
    exponent,
    rse_cap,
    shared_share,
    shared_by
from {{ ref('error_rules') }}
where {{ is_in_use('uncertainty_rule', 'is_default', 'error_rule') }}
