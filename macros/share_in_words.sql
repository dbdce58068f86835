{#- A share as sentences say it in passing: the named one that is nearest, of two equally
    near ones the smaller. All of it is said where no more than rounding is missing. -#}
{% macro share_in_words(share) -%}
    {%- set named = [
        (0, 'hardly any'), (3, 'little'), (5, 'a twentieth'), (25 / 3, 'a twelfth'),
        (10, 'a tenth'), (12.5, 'an eighth'), (100 / 7, 'a seventh'),
        (50 / 3, 'a sixth'), (20, 'a fifth'), (25, 'a quarter'), (30, 'three tenths'),
        (100 / 3, 'a third'), (40, 'two fifths'), (45, 'nearly half'), (50, 'half'),
        (55, 'over half'), (60, 'three fifths'), (200 / 3, 'two thirds'),
        (70, 'seven tenths'), (75, 'three quarters'), (80, 'four fifths'),
        (90, 'nine tenths'), (100, 'nearly all'),
    ] -%}
    case
        when {{ share }} >= 1 - cast(1e-9 as double) then 'all'
        {% for percent, words in named[:-1] %}
            when {{ share }} <= {{ (percent + named[loop.index][0]) / 200 }}
                then '{{ words }}'
        {% endfor %}
        when {{ share }} is not null then '{{ named[-1][1] }}'
    end
{%- endmacro %}
