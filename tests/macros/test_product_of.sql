{# A product as an aggregate. #}

with

factors (case_id, factor) as (

    values
    ('one', 0.9e0),
    ('several', 0.5e0),
    ('several', 4e0),
    ('several', 0.25e0),
    ('with zero', 0e0),
    ('with zero', 7e0),
    ('with nothing', null),
    ('with nothing', 3e0),
    ('nothing', null)

),

expected (case_id, product) as (

    values
    ('one', 0.9e0),
    ('several', 0.5e0),
    ('with zero', 0e0),
    ('with nothing', 3e0),
    ('nothing', 1e0)

),

products as (

    select
        case_id,
        {{ product_of('factor') }} as product
    from factors
    group by 1

)

select
    expected.*,
    products.product as actual
from expected
left join products
    on expected.case_id = products.case_id
where not coalesce(abs(products.product - expected.product) <= 1e-15, false)
