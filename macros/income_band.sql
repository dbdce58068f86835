{#- Income band of the World Bank in which an income per person lies, by the
    bounds and the exchange rate of a row of int_income_bands; NULL where the
    income or the rate is unknown. -#}
{% macro income_band(income, bands) -%}
    case
        when
            {{ income }} is null or {{ bands }}.currency_per_usd is null
            then null
        {%- for band in ['low', 'lower_middle', 'upper_middle'] %}
        when
            {{ safe_divide(income, bands ~ '.currency_per_usd') }}
            <= {{ bands }}.{{ band }}_up_to
            then '{{ band }}'
        {%- endfor %}
        else 'high'
    end
{%- endmacro %}
