{#- What the figure of a headline covers, in sentences. On the columns of the CTEs
    that the mart headlines joins in `stated`. -#}
{% macro headline_scope() -%}
    coalesce(dataset.caveat_note || ' ', '')
    || scopes.scope_in_words
    || coalesce(' Scenario: ' || policy.scenario_id || '.', '')
    || case
        when computed.headline_id <> 'receivers_reach_upper_middle'
            then ''
        when policy.reaches_threshold_before
            then ' They reach it before any quota.'
        else ''
    end
{%- endmacro %}
