{#- A mass in tonnes with three significant digits and its unit. What would round
    to 1,000 of a unit is 1 of the next. -#}
{% macro mass_in_words(tonnes) -%}
    case
        when {{ tonnes }} = 0 then '0 t'
        {% for least, divisor, unit in [
            ('999500000', '1e9', 'Gt'),
            ('999500', '1e6', 'Mt'),
            ('999.5', '1e3', 'kt'),
            ('0.9995', '1e0', 't'),
            ('0.0009995', '1e-3', 'kg'),
        ] %}
            when abs({{ tonnes }}) >= {{ least }}
                then {{ three_digits(tonnes ~ ' / ' ~ divisor) }} || ' {{ unit }}'
        {% endfor %}
        else 'less than 1 kg'
    end
{%- endmacro %}
