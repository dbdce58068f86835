{# All that came in is accounted for, year by year; a year that one side lacks
   is found, and so is a table without rows. #}

with

reference_total (year, stressor_id, emissions_in) as (

    values
    (2012, 'co2', cast(1000000 as double)),
    (2013, 'co2', cast(1000000 as double))

),

accounts (year, stressor_id, kept, sent) as (

    values
    (2012, 'co2', 400000.0, 100000.0),
    (2012, 'co2', 500000.0, 0.0),
    (2013, 'co2', 1000000.0, 0.0005)

),

results (case_id, expected, actual) as (

    select
        'all accounted for' as case_id,
        0 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            'accounts', ['kept', 'sent'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'a part forgotten' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            'accounts', ['kept'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'a year forgotten' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            '(select * from accounts where year = 2012)', ['kept', 'sent'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'a year too many' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            '(select *  from accounts union all select 2014, stressor_id, kept, sent from accounts where year = 2013)', ['kept', 'sent'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'no rows' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            '(select * from accounts where year = 1900)', ['kept', 'sent'],
            reference_total='reference_total'
        ) }}
    ) as bad_rows

    union all

    select
        'nothing on either side' as case_id,
        1 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            '(select * from accounts where year = 1900)', ['kept', 'sent'],
            reference_total='(select * from reference_total where year = 1900)'
        ) }}
    ) as bad_rows

    union all

    select
        'unknown amounts' as case_id,
        2 as expected,
        count(*) as actual
    from (
        {{ test_conserves_emissions(
            'accounts', ['kept', 'cast(null as double)'], reference_total='reference_total'
        ) }}
    ) as bad_rows

)

select * from results
where actual <> expected
