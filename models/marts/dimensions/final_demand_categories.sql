select * from {{ ref('stg_final_demand_categories') }}
