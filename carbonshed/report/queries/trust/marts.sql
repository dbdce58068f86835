select distinct
    mart as table_name,
    replace(mart_description, '`', '') as description
from columns
order by mart
