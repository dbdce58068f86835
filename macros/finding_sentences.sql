{#- What can be said of every table, in the order of saying it: id, value, unit and
    the sentence, SQL over the figures of the mart findings. A sentence is true of
    any table by its own conditions, and NULL where it has no subject. -#}
{% macro finding_sentences() -%}
    {%- set nothing = "'There are no footprints to share out, or some are below zero.'" -%}
    {%- set sentences = [

    ('accounts_close', 'emissions_in', 't',
    "case
        when emissions_in = 0
            then 'No emissions of ' || stressor_name || ' came in for '
                || cast(year as varchar) || '.'
        when not is_closed
            then 'The accounts of ' || stressor_name || ' for '
                || cast(year as varchar) || ' do not close.'
        else " ~ mass_in_words('emissions_in') ~ " || ' of ' || stressor_name
            || ' came in for ' || cast(year as varchar)
            || ', and every tonne is accounted for'
            || case
                when unattributed <> 0
                    then ', some with sectors that have no output'
                else ''
            end || '.'
    end"),

    ('arises_elsewhere', 'elsewhere_share', 'share',
    "case
        when regions = 1
            then 'The table has one region: no emissions cross a border in it.'
        when elsewhere_share is null then " ~ nothing ~ "
        else " ~ whole_percent('elsewhere_share')
            ~ " || ' of the footprints'
            || case
                when has_direct_emissions
                    then ', with what final users emit themselves,'
                else ''
            end
            || ' arise in another region than the one that consumes.'
    end"),

    ('exported', 'exported_share', 'share',
    "case when has_exports then " ~ whole_percent('exported_share')
        ~ " || ' of the emissions serve deliveries out of the table, and are '
        || 'in no footprint.'
    end"),

    ('largest_footprint', 'largest_footprint', 't',
    "case
        when largest_footprint <= 0
            then 'No ranked region has a footprint above zero.'
        when largest_regions > 1
            then cast(largest_regions as varchar) || ' of '
                || cast(ranked_regions as varchar)
                || ' ranked regions share the largest footprint, '
                || " ~ mass_in_words('largest_footprint') ~ " || ' each.'
        else case
                when ranked_regions > 1
                    then 'Of ' || cast(ranked_regions as varchar)
                        || ' ranked regions, ' || largest_region
                        || ' has the largest footprint: '
                else 'The only ranked region, ' || largest_region
                    || ', has a footprint of '
            end || " ~ mass_in_words('largest_footprint') ~ "
            || '; ' || " ~ mass_in_words('emitted_there')
            ~ " || ' are emitted there.'
    end"),

    ('unequal_footprints', 'bottom50_share', 'share',
    "case
        when ranked_regions is null then null
        when ranked_regions = 1
            then 'One ranked region says nothing about inequality between '
                || 'regions.'
        when bottom50_share is null or bottom50_share < 0 then " ~ nothing ~ "
        else case
                when bottom50_share > 0.45 and top10_share < 0.12
                    then 'Footprints per person hardly differ between regions: o'
                else 'O'
            end
            || 'f the people in ranked regions, the half in those with the '
            || 'smallest footprints per person has '
            || " ~ whole_percent('bottom50_share')
            ~ " || ' of their footprints, the tenth in those with the largest '
            || " ~ whole_percent('top10_share') ~ " || '.'
    end"),

    ('investment', 'investment_share', 'share',
    "case
        when not has_investment
            then 'Final demand is not split: the table has no investment.'
        when investment_share is null then " ~ nothing ~ "
        else " ~ whole_percent('investment_share')
            ~ " || ' of the footprints is investment: buildings, machines and '
            || 'the like, bought in the year and used for longer.'
    end"),

    ('poor_to_rich', 'poor_to_rich_share', 'share',
    "case
        when coalesce(elsewhere_share, 0) = 0 then null
        when poor_to_rich_share is null
            then 'Whether emissions embodied in trade go from poor to rich is '
                || 'not known: incomes are missing.'
        else " ~ whole_percent('poor_to_rich_share')
            ~ " || ' of the emissions embodied in trade between regions of '
            || 'known income go to the richer one'
            || case
                when poor_to_rich_share between 0.45 and 0.55
                    then ', about half: no direction stands out'
                else ''
            end
            || case
                when unknown_direction_share > 0
                    then '; of ' || " ~ whole_percent('unknown_direction_share')
                        ~ " || ' of what is traded the direction is not known'
                else ''
            end || '.'
    end"),

    ('super_emitters', 'emitter_footprint_share', 'share',
    "case
        when ranked_regions is null then null
        when super_emitters = 0
            then 'No region is a super-emitter by the rule in use.'
        when emitter_footprint_share is null then " ~ nothing ~ "
        else 'The rule in use selects ' || cast(super_emitters as varchar)
            || ' of ' || cast(ranked_regions as varchar)
            || ' ranked regions as super-emitters: ' || " ~ whole_percent('emitter_footprint_share')
            ~ " || ' of the footprints of ranked regions and '
            || " ~ whole_percent('emitter_population_share')
            ~ " || ' of their people'
            || case
                when " ~ exceeds(
                    'emitter_footprint_share', 'emitter_population_share'
                ) ~ "
                    then ''
                else ', no more than their share'
            end || '.'
    end"),

    ('emissions_avoided', 'quota', 't',
    "case
        when ranked_regions is null then null
        when scenario_id is null
            then 'A user''s scenarios replace all shipped ones.'
        when quota_share is null or quota_share <= 1e-12
            then 'No shipped scenario avoids any emissions.'
        else 'Of the shipped scenarios, ' || scenario_name || ' avoids most: '
            || " ~ mass_in_words('quota') ~ " || ', '
            || " ~ whole_percent('quota_share') ~ " || ' of all emissions'
            || case
                when smallest_demand_factor < 1
                    then '; whom it hits hardest would cut demand by '
                        || " ~ whole_percent('(1 - smallest_demand_factor)') ~ "
                else '; nobody would cut demand'
            end
            || case
                when country = 'WLD'
                    then '. Levers are meant for regions of one country, and '
                        || 'these are countries'
                else ''
            end || '.'
    end"),

    ('receivers', 'receiver_share', 'share',
    "case
        when quota_share is null or quota_share <= 1e-12 then null
        when premise <> 'holds'
            then 'What these emissions could mean for others cannot be said: '
                || premise_note || '.'
        else case
                when receivers_above_givers > 0
                    then lowest_giver_region_name || ' gives and would have '
                        || " ~ mass_in_words('lowest_giver_per_capita_after') ~ "
                        || ' per person left, while '
                        || cast(receivers_above_givers as varchar)
                        || ' of the regions that would receive '
                        || case
                            when receivers_above_givers = 1 then 'has'
                            else 'have'
                        end
                        || ' more than that now. '
                else ''
            end
            || 'Receivers are ' || " ~ whole_percent('receiver_share')
            ~ " || ' of the people in ranked regions; '
            || case
                when receivers_reach_upper_middle is null
                    then 'whether their mean income reaches the upper-middle '
                        || 'band is not known'
                when reaches_threshold_before
                    then 'their mean income reaches the upper-middle band '
                        || 'already, without any of it'
                else 'their mean income could reach the upper-middle band '
                    || 'under '
                    || cast(
                        cast(
                            round(
                                receivers_reach_upper_middle * allocation_rules
                            ) as integer
                        ) as varchar
                    )
                    || ' of ' || cast(allocation_rules as varchar)
                    || ' allocation rules that the income curve holds'
            end || '.'
    end"),

    ('compiled_ranks', 'moving_share', 'share',
    "case
        when not is_compiled or ranked_regions is null then null
        when moving_share is null then rank_note
        else 'The table is compiled: with its main assumption halved and doubled, '
            || " ~ whole_percent('moving_share')
            ~ " || ' of the ranked regions change their place, and single '
            || 'footprints are up to ' || " ~ whole_percent('largest_fall')
            ~ " || ' smaller or ' || " ~ whole_percent('largest_rise')
            ~ " || ' larger.'
    end"),

    ] -%}
    {{- return(sentences) -}}
{%- endmacro %}
