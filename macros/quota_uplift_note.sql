{#- Why there is no quota uplift; NULL where there is. SQL over the rows of the
    mart quota_summary. -#}
{% macro quota_uplift_note() -%}
    case
        when projection_id is null
            then
                'no peak projection of ' || stressor_id || ' for '
                || country || ' in the seed peak_projections'
        when projected_quota <= 0
            then
                'emissions are at or above the projected peak: there is '
                || 'no projected quota to compare with'
    end
{%- endmacro %}
