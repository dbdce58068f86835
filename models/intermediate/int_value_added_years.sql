{# Years that have value added at all: elsewhere what a region earns is unknown,
   not zero. A row of zeros says no more than an absent row. #}

select distinct year
from {{ ref('stg_value_added') }}
where amount <> 0
