select
    benchmark_id as id,
    coalesce(description, '') as description,
    coalesce(evidence, '') as evidence,
    source
from benchmarks
order by benchmark_id
