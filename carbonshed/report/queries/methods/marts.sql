select distinct
    mart as table_name,
    mart_description as description
from columns
order by mart
