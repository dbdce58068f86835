{#- Why a cap cannot be, in words, from the columns of int_scenario_caps; the file
    is named by whoever prints it. NULL where it can. -#}
{% macro refusal_of_a_cap() -%}
    case finding
        when 'out of reach'
            then
                'line ' || first_line || ': region ' || region_id
                || ' cannot be brought down to ' || tonnes_per_person || ' t of '
                || stressor_id || ' per person in ' || year || ': it has '
                || {{ rounded_up('footprint_per_capita') }}
                || ' t, and the smallest that can be reached in the categories of '
                || 'this cap is ' || {{ rounded_up('smallest_per_capita') }}
                || ' t; expected that or more, or further categories (rows with '
                || 'the same cap act together)'
        when 'no people'
            then
                'line ' || first_line || ': region ' || region_id
                || ' has no people in ' || year || ', so no footprint per person '
                || 'to be capped; expected a region with people, or the kind factor'
    end
{%- endmacro %}
