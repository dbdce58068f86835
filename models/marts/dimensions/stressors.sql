select * exclude (unit_factor) from {{ ref('int_stressors') }}
