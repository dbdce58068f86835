{#- What can be said of every table, in the order of saying it: id, value, unit and
    the sentence, SQL over the figures of the mart findings. A sentence is true of
    any table by its own conditions, and NULL where it has no subject. -#}
{% macro finding_sentences() -%}
    {%- set nothing = "'There are no footprints to share out, or some are below zero.'" -%}
    {%- set is_withheld = "coalesce(premise, '') = 'across_countries'" -%}
    {%- set is_nothing = "(quota_share is null or quota_share <= 1e-12)" -%}
    {%- set sentences = [

    ('accounts_close', 'emissions_in', 't',
    "case
        when emissions_in = 0
            then 'The ' || year || ' table contains no emissions of ' || gas || '.'
        when not is_closed
            then 'The accounts of ' || gas || ' for ' || year || ' do not balance.'
        else 'The ' || year || ' table contains ' || " ~ mass_in_words('emissions_in') ~ "
            || ' of ' || gas || '; all of it is attributed'
            || case
                when unattributed <> 0
                    then ', but for ' || " ~ mass_in_words('unattributed') ~ "
                        || ' of sectors that have no output'
                else ''
            end || '.'
    end"),

    ('footprint_total', 'footprints', 't',
    "case
        when not coalesce(footprints > 0, false) then null
        else 'The footprints add up to ' || " ~ mass_in_words('footprints') ~ "
            || case
                when footprints_leave_out = ''
                    then ', imports and direct emissions of households included.'
                else '. They leave out '
                    || replace(footprints_leave_out, '; ', ' and ') || '.'
            end
            || case
                when wider_footprints > footprints and published_country is null
                    then ' With imports' || as_if || ' they add up to '
                        || " ~ mass_in_words('wider_footprints') ~ "
                        || wider_leaves_out || '.'
                else ''
            end
    end"),

    ('published_accounts', 'published_inside_share', 'share',
    "case
        when published_country is not null
            then 'The footprints here add up to ' || " ~ mass_in_words('footprints')
            ~ " || ', ' || " ~ whole_percent('abs(footprints / published_country - 1)')
            ~ " || case
                when footprints < published_country then ' below'
                else ' above'
            end
            || ' the ' || " ~ mass_in_words('published_country')
            ~ " || ' that the Global Carbon Budget publishes for the consumption of '
            || 'the country'
            || case published_inside
                when 0 then ', which is outside our 90 % interval'
                when 1 then ', which is inside our 90 % interval'
                else ''
            end
            || case
                when wider_footprints > footprints
                    then '. With imports' || as_if || ' they add up to '
                        || " ~ mass_in_words('wider_footprints') ~ "
                        || wider_leaves_out
                else ''
            end || '.'
        when published_accounts is null then null
        when published_inside is null
            then 'Our footprints differ from those that the Global Carbon Budget '
                || 'publishes by ' || " ~ whole_percent('median_difference') ~ "
                || ' at the median of ' || published_accounts || '.'
        when published_accounts = 1
            then 'The one published footprint, by the Global Carbon Budget, lies '
                || case published_inside when 1 then 'inside' else 'outside' end
                || ' our 90 % interval.'
        else case
                when published_inside = published_accounts then 'All '
                when published_inside = 0 then 'Not one of the '
                else published_inside || ' of the '
            end || published_accounts
            || ' footprints that the Global Carbon Budget publishes '
            || case when published_inside <= 1 then 'lies' else 'lie' end
            || ' inside our 90 % intervals'
            || coalesce('; furthest outside: ' || outside_names, '') || '.'
    end"),

    ('arises_elsewhere', 'elsewhere_share', 'share',
    "case
        when regions = 1
            then 'The table has one region, so no emissions cross a border in it.'
        when elsewhere_share is null then " ~ nothing ~ "
        else " ~ whole_percent('elsewhere_share')
            ~ " || ' of the footprint'
            || case
                when has_direct_emissions
                    then ', direct emissions of households included,'
                else ''
            end
            || ' arises outside the ' || any_noun || ' that consumes'
            || case
                when contains(footprints_leave_out, 'imports')
                    then '; emissions caused abroad by imports are not counted'
                when any_noun = 'country' and has_rest_of_world
                    then ' (the rest of the world counts as one)'
                else ''
            end || '.'
    end"),

    ('exported', 'exported_share', 'share',
    "case when has_exports then " ~ whole_percent('exported_share')
        ~ " || ' of the emissions serve exports, so they are in no footprint here.'
    end"),

    ('largest_footprint', 'largest_footprint', 't',
    "case
        when ranked_regions = 1
            then 'The only ' || case when regions > 1 then 'ranked ' else '' end
                || region_noun || ', ' || largest_region || ', has a footprint of '
                || " ~ mass_in_words('largest_footprint') ~ " || ' and emits '
                || " ~ mass_in_words('emitted_there') ~ " || '.'
        when largest_footprint <= 0
            then 'Not one of the ' || ranked_regions || ' ' || region_noun_plural
                || ' has a footprint above zero.'
        when largest_regions = ranked_regions
            then 'All ' || ranked_regions || ' ' || region_noun_plural
                || ' have the same footprint, '
                || " ~ mass_in_words('largest_footprint') ~ " || ' each.'
        when largest_regions > 1
            then largest_regions || ' of the ' || ranked_regions || ' '
                || region_noun_plural || ' share the largest footprint, '
                || " ~ mass_in_words('largest_footprint') ~ " || ' each.'
        else " ~ spoken_name('largest_region', 'region_noun', 'The ')
            ~ " || ' has the largest footprint of the ' || ranked_regions || ' '
            || region_noun_plural || ', ' || " ~ mass_in_words('largest_footprint')
            ~ " || ', and emits ' || " ~ mass_in_words('emitted_there') ~ " || '.'
    end"),

    ('unequal_footprints', 'bottom50_share', 'share',
    "case
        when ranked_regions is null then null
        when ranked_regions = 1
            then 'One ' || region_noun || ' says nothing about inequality between '
                || region_noun_plural || '.'
        when bottom50_share is null or bottom50_share < 0 then " ~ nothing ~ "
        else case
                when bottom50_share > 0.45 and top10_share < 0.12
                    then 'Footprints per person hardly differ between '
                        || region_noun_plural || ': o'
                else 'O'
            end
            || 'f the footprint of the ' || ranked_regions || ' '
            || region_noun_plural || ', the half of the population where '
            || 'footprints per person are smallest accounts for '
            || " ~ whole_percent('bottom50_share') ~ " || ', the top tenth for '
            || " ~ whole_percent('top10_share') ~ " || '.'
    end"),

    ('investment', 'investment_share', 'share',
    "case
        when not has_investment
            then 'Final demand is not split: the table has no investment.'
        when investment_share is null then " ~ nothing ~ "
        else 'Investment accounts for ' || " ~ whole_percent('investment_share')
            ~ " || ' of the footprint: buildings, machinery and other goods that '
            || 'are bought in the year and used for longer.'
    end"),

    ('poor_to_rich', 'poor_to_rich_share', 'share',
    "case
        when coalesce(elsewhere_share, 0) = 0 then null
        when poor_to_rich_share is null
            then 'Whether traded emissions go from poorer to richer '
                || any_noun_plural || ' cannot be said: GDP per person is not '
                || 'known.'
        else case
                when unknown_direction_share > 0
                    then 'Where GDP per person is known on both sides, '
                else ''
            end
            || " ~ whole_percent('poor_to_rich_share')
            ~ " || ' of the emissions embodied in trade between '
            || any_noun_plural || ' go to the richer ' || any_noun
            || case
                when poor_to_rich_share between 0.45 and 0.55
                    then ', about half: no direction stands out'
                else ''
            end
            || coalesce(
                '; of net flows, what goes less what comes back, '
                || " ~ whole_percent('net_poor_to_rich_share') ~ " || ' do',
                ''
            )
            || case
                when unknown_direction_share > 0
                    then '. For ' || " ~ whole_percent('unknown_direction_share')
                        ~ " || ' of traded emissions GDP per person is not known'
                else ''
            end || '.'
    end"),

    ('super_emitters', 'emitter_footprint_share', 'share',
    "case
        when ranked_regions is null then null
        when super_emitters = 0
            then 'No ' || region_noun || ' is a super-emitter by the rule in use.'
        when emitter_footprint_share is null then " ~ nothing ~ "
        else 'By the rule in use, ' || super_emitters || ' of the '
            || ranked_regions || ' ' || region_noun_plural
            || case
                when super_emitters = 1 then ' is a super-emitter'
                else ' are super-emitters'
            end || ', with ' || " ~ whole_percent('emitter_footprint_share')
            ~ " || ' of the footprint and '
            || " ~ whole_percent('emitter_population_share')
            ~ " || ' of the population'
            || case
                when " ~ exceeds(
                    'emitter_footprint_share', 'emitter_population_share'
                ) ~ "
                    then ''
                else ': no more than their share'
            end || '.'
    end"),

    ('emissions_avoided',
    "case when not " ~ is_withheld ~ " then quota end", 't',
    "case
        when ranked_regions is null then null
        when scenario_id is null
            then 'A user''s scenarios replace all shipped ones.'
        when " ~ is_withheld ~ "
            then 'These scenarios are meant for the regions of one country, not '
                || 'for a table of the world.'
        when " ~ is_nothing ~ "
            then 'No shipped scenario avoids any emissions.'
        else 'Of the shipped scenarios, ' || scenario_name || ' avoids the most: '
            || " ~ mass_in_words('quota') ~ " || ', '
            || " ~ whole_percent('quota_share') ~ " || ' of all emissions. '
            || case
                when hardest_hit_region_name is not null
                    then " ~ spoken_name(
                        'hardest_hit_region_name', 'region_noun', 'The '
                    ) ~ "
                        || ' would be hit hardest and would have to cut its demand by '
                        || " ~ whole_percent('(1 - smallest_demand_factor)') ~ "
                else 'Nobody would have to cut demand'
            end || '.'
    end"),

    ('receivers', 'receiver_share', 'share',
    "case
        when " ~ is_nothing ~ " or " ~ is_withheld ~ " then null
        when premise <> 'holds'
            then 'What the avoided emissions could mean for poorer '
                || region_noun_plural || ' is not computed: ' || premise_note
                || '.'
        else case
                when receivers_above_givers > 0
                    then lowest_giver_region_name
                        || ' would give up emissions and be left with '
                        || " ~ mass_in_words('lowest_giver_per_capita_after') ~ "
                        || ' per person, less than '
                        || case
                            when receivers_above_givers = 1
                                then 'one of the recipients has today. '
                            else receivers_above_givers
                                || ' of the recipients have today. '
                        end
                else ''
            end
            || 'Recipients hold ' || " ~ whole_percent('receiver_share')
            ~ " || ' of the population; '
            || case
                when receivers_reach_upper_middle is null
                    then 'whether their mean income could reach the World Bank''s '
                        || 'upper-middle band is not known'
                when reaches_threshold_before
                    then 'their mean income is in the World Bank''s upper-middle '
                        || 'band or above it already'
                else 'their mean income could reach the World Bank''s '
                    || 'upper-middle band under '
                    || cast(
                        round(receivers_reach_upper_middle * allocation_rules)
                        as integer
                    )
                    || ' of the ' || allocation_rules
                    || ' allocation rules that stay within observed incomes'
            end || '.'
    end"),

    ('compiled_ranks', 'moving_share', 'share',
    "case
        when not is_compiled or ranked_regions is null then null
        when moving_share is null then rank_note
        else 'The table is compiled: with its main assumption halved and doubled, '
            || " ~ whole_percent('moving_share')
            ~ " || ' of the ' || ranked_regions || ' ' || region_noun_plural
            || ' change their rank, and single footprints are up to ' || " ~ whole_percent('largest_fall')
            ~ " || ' smaller or ' || " ~ whole_percent('largest_rise')
            ~ " || ' larger.'
    end"),

    ] -%}
    {{- return(sentences) -}}
{%- endmacro %}
