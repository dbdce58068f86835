{#- Why a headline has no figure, or why its figure is not comparable; NULL where
    it is. On the columns of the CTE `stated` of the mart headlines. -#}
{% macro headline_reason() -%}
    case
        when computed_value is not null and comparable then null
        when computed_value is not null and caveat is not null
            then caveat || ', which reproduces nothing'
        when computed_value is not null
            then
                'not the study''s case: CO2 of 309 cities of China in 2012'
        when headline_id = 'richest_ten_us_ratio'
            then
                'GDP of the richest regions, or a footprint per person of '
                || 'the United States to compare with, is not known'
        when headline_id = 'share_below_world' and regions_not_known > 0
            then
                'footprints leave out '
                || replace(footprints_leave_out, '; ', ' and ')
                || ': of ' || regions_not_known || ' regions it is not '
                || 'known whether they are above the world average'
        when headline_id = 'share_below_world'
            then 'a world average of this stressor is not known'
        when
            headline_id in (
                'interregional_share',
                'interregional_and_export_share',
                'supply_chain_share'
            )
            then 'there are no footprints to divide by'
        when scenario_id is null
            then
                'a user''s scenarios replace all shipped ones: there is '
                || 'none of ours to speak of'
        when headline_id = 'quota_uplift' then quota_uplift_note
        else
            coalesce(
                premise_note,
                'an income of the receivers, or the exchange rate to the '
                || 'dollars of the income bands, is not known'
            )
    end
{%- endmacro %}
