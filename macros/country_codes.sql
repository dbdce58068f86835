{#- Rows of the other codes that tables have for countries of the seed
    published_footprints: ISO 3166 alpha-2, and the European Union's where it differs. -#}
{% macro country_codes() -%}
    {%- set codes = [
        'AUS AU', 'AUT AT', 'BEL BE', 'BGR BG', 'BRA BR', 'CAN CA', 'CHE CH', 'CHN CN',
        'CYP CY', 'CZE CZ', 'DEU DE', 'DNK DK', 'ESP ES', 'EST EE', 'FIN FI', 'FRA FR',
        'GBR GB', 'GBR UK', 'GRC GR', 'GRC EL', 'HRV HR', 'HUN HU', 'IDN ID', 'IND IN',
        'IRL IE', 'ITA IT', 'JPN JP', 'KOR KR', 'LTU LT', 'LUX LU', 'LVA LV', 'MEX MX',
        'MLT MT', 'NLD NL', 'NOR NO', 'POL PL', 'PRT PT', 'ROU RO', 'RUS RU', 'SVK SK',
        'SVN SI', 'SWE SE', 'TUR TR', 'TWN TW', 'USA US',
    ] -%}
    {%- for each in codes %}
        ('{{ each[:3] }}', '{{ each[4:] }}'){% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}
