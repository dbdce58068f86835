{#- What is wrong with a premise, in words for people; NULL where it holds. -#}
{% macro premise_note(
    premise, population_share, asked_share, footprints, published
) -%}
    case {{ premise }}
        when 'across_countries'
            then
                'these scenarios are meant for the regions of one country, not '
                || 'for a table of the world'
        when 'footprints_incomplete'
            then
                'the footprints leave out too much ('
                || {{ mass_in_words(footprints) }}
                || ' of the ' || {{ mass_in_words(published) }}
                || ' that the Global Carbon Budget publishes for the '
                || 'consumption of the country)'
        when 'one_structure'
            then
                'all regions have the same industries in the same shares, so no '
                || 'region''s type is known, and all are peers of each other'
        when 'receivers_short'
            then
                'the regions that are not super-emitters hold '
                || {{ whole_percent(population_share) }}
                || ' of the population, and the rule needs '
                || {{ whole_percent(asked_share) }}
        when 'income_extrapolated'
            then
                'the receivers would end beyond the largest footprint or income '
                || 'of any region here, so no income can be read off'
        when 'user_scenario'
            then
                'a user''s scenario may lower the demand of the receivers '
                || 'themselves'
    end
{%- endmacro %}
