{#- A number as sentences write it, by its unit. `t`: a mass with three significant
    digits, from kg to Gt; what would round to 1,000 of a unit is 1 of the next.
    `share`: whole per cent, and never 0 % or 100 % of what is more or less. `percent`:
    per cent with three digits, at most four behind the point. `below`: tenths of a per
    cent, not above the number, so that what misses a whole per cent is not written as
    that. `limit`: six digits, not below the number, so that who writes it as a limit is
    not refused for its last digit. `tonnes`: as `t`, with the word for a tonne.
    `factor`: two digits. -#}
{% macro number_in_words(number, unit) -%}
    {%- if unit == 't' -%}
        case
            when {{ number }} is null then null
            when {{ number }} = 0 then '0 t'
            {% for least, factor, name in [
                ('999500000', '1e9', 'Gt'),
                ('999500', '1e6', 'Mt'),
                ('999.5', '1e3', 'kt'),
                ('0.9995', '1e0', 't'),
                ('0.0009995', '1e-3', 'kg'),
            ] %}
                when abs({{ number }}) >= {{ least }}
                    then
                        case
                            {% for limit, digits in [('9.995', 2), ('99.95', 1)] %}
                                when abs({{ number }} / {{ factor }}) < {{ limit }}
                                    then cast(
                                        cast(
                                            {{ number }} / {{ factor }}
                                            as decimal(18, {{ digits }})
                                        ) as varchar
                                    )
                            {% endfor %}
                            else cast(
                                cast(round({{ number }} / {{ factor }}) as bigint)
                                as varchar
                            )
                        end || ' {{ name }}'
            {% endfor %}
            else 'less than 1 kg'
        end
    {%- elif unit == 'share' -%}
        case
            when {{ number }} > 0 and {{ number }} < 0.005 then 'less than 1 %'
            when {{ number }} < 1 and {{ number }} >= 0.995 then 'more than 99 %'
            else cast(cast(round(100 * {{ number }}) as bigint) as varchar) || ' %'
        end
    {%- elif unit == 'tonnes' -%}
        regexp_replace({{ number_in_words(number, 't') }}, ' t$', ' tonnes')
    {%- elif unit == 'factor' -%}
        case
            {% for limit, digits in [('0.095', 3), ('0.95', 2), ('9.5', 1)] %}
                when {{ number }} < {{ limit }}
                    then cast(
                        cast({{ number }} as decimal(18, {{ digits }})) as varchar
                    )
            {% endfor %}
            else cast(cast(round({{ number }}) as bigint) as varchar)
        end
    {%- elif unit == 'percent' -%}
        case
            when {{ number }} = 0 then '0'
            {% for limit, digits in [
                ('0.0009995', 4), ('0.009995', 3), ('0.09995', 2), ('0.9995', 1)
            ] %}
                when {{ number }} < {{ limit }}
                    then cast(
                        cast(100 * {{ number }} as decimal(18, {{ digits }}))
                        as varchar
                    )
            {% endfor %}
            else cast(cast(round(100 * {{ number }}) as bigint) as varchar)
        end || ' %'
    {%- elif unit == 'below' -%}
        cast(
            cast(floor(1000 * {{ number }}) / 10 as decimal(18, 1)) as varchar
        ) || ' %'
    {%- elif unit == 'limit' -%}
        {%- set digits = "power(10, 5 - floor(log10(" ~ number ~ ")))" -%}
        cast(ceil({{ number }} * {{ digits }} - 1e-6) / {{ digits }} as varchar)
    {%- endif -%}
{%- endmacro %}
