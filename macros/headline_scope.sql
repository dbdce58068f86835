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
    || case
        when computed.computed_value is null then ''
        when computed.headline_id = 'share_below_world'
            then
                coalesce(
                    ' Compared with the world of ' || nations.world_year || '.',
                    ''
                )
        when computed.headline_id = 'richest_ten_us_ratio'
            then
                coalesce(
                    ' Compared with the United States of ' || nations.us_year
                    || '.',
                    ''
                )
                || case
                    when scopes.footprints_leave_out = '' then ''
                    else ' At least this ratio.'
                end
        else ''
    end
    || case
        when
            computed.headline_id = 'share_below_world'
            and nations.regions_not_known > 0
            then
                ' At most this share: ' || nations.regions_not_known
                || ' of these regions may be above for what is left out.'
        else ''
    end
{%- endmacro %}
