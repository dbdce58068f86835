{#- A count as sentences say it: up to twelve as a word, digits above. -#}
{% macro count_in_words(number) -%}
    case
        {% for word in [
            'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine',
            'ten', 'eleven', 'twelve',
        ] %}
            when {{ number }} = {{ loop.index }} then '{{ word }}'
        {% endfor %}
        else cast({{ number }} as varchar)
    end
{%- endmacro %}
