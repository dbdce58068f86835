{# The years of an account are those of the transactions. #}

select
    direct_emissions.year,
    direct_emissions.stressor_id,
    direct_emissions.region_id,
    direct_emissions.category_id,
    direct_emissions.emissions
from {{ ref('stg_direct_emissions') }} as direct_emissions
inner join {{ ref('int_years') }} using (year)
