{#- What a headline covers, in words. SQL over the CTEs of the mart headlines. -#}
{% macro headline_scope() -%}
    coalesce(dataset.caveat_note || ' ', '')
    || upper(left(scopes.scope, 1)) || substr(scopes.scope, 2)
    || case
        when scopes.footprints_leave_out = '' then '.'
        else
            ': footprints leave out '
            || replace(scopes.footprints_leave_out, '; ', ' and ') || '.'
    end
    || coalesce(' Scenario: ' || policy.scenario_id || '.', '')
    || case
        when
            policy.reaches_threshold_before
            and computed.headline_id = 'receivers_reach_upper_middle'
            then ' They reach it before any quota.'
        else ''
    end
{%- endmacro %}
