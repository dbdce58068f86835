{#- What is wrong with a premise, in words for people; NULL where it holds. -#}
{% macro premise_note(premise, population_share, asked_share) -%}
    case {{ premise }}
        when 'receivers_short'
            then
                'receivers short: the regions that are no super-emitters hold '
                || {{ whole_percent(population_share) }}
                || ' of the people, fewer than the '
                || {{ whole_percent(asked_share) }} || ' asked for'
        when 'income_extrapolated'
            then
                'incomes extrapolated: no income curve between these regions '
                || 'reaches as far as a receiver would'
        when 'user_scenario'
            then
                'a user''s scenario: it may lower the demand of the receivers '
                || 'themselves, so it says nothing about their incomes'
    end
{%- endmacro %}
