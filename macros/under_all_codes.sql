{#- Rows of countries by their ISO 3166 alpha-3 code, and again by the other codes that
    tables have for them: alpha-2, and the European Union's where it differs. -#}
{% macro under_all_codes(relation) -%}
    {%- set codes = [
        'AUS AU', 'AUT AT', 'BEL BE', 'BGR BG', 'BRA BR', 'CAN CA', 'CHE CH', 'CHN CN',
        'CYP CY', 'CZE CZ', 'DEU DE', 'DNK DK', 'ESP ES', 'EST EE', 'FIN FI', 'FRA FR',
        'GBR GB', 'GBR UK', 'GRC GR', 'GRC EL', 'HRV HR', 'HUN HU', 'IDN ID', 'IND IN',
        'IRL IE', 'ITA IT', 'JPN JP', 'KOR KR', 'LTU LT', 'LUX LU', 'LVA LV', 'MEX MX',
        'MLT MT', 'NLD NL', 'NOR NO', 'POL PL', 'PRT PT', 'ROU RO', 'RUS RU', 'SVK SK',
        'SVN SI', 'SWE SE', 'TUR TR', 'TWN TW', 'USA US',
    ] -%}
    select * from {{ relation }}
    union all
    select rows_of_countries.* replace (codes.other_code as country_id)
    from {{ relation }} as rows_of_countries
    inner join (
        values
        {%- for each in codes %}
            ('{{ each[:3] }}', '{{ each[4:] }}'){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as codes (country_id, other_code) using (country_id)
{%- endmacro %}
