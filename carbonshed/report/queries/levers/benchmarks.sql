select
    benchmark_id as id,
    description,
    evidence,
    source
from benchmarks
order by benchmark_id
