{# The rows of a user's own scenarios: of the file that the var `scenarios`
   names, else of scenarios.csv in the folder of the dataset. The preflight has
   refused a file with anything wrong in it. A table and not a view, because the
   function that reads the file is there during a run only. It knows the names of
   caps and benchmarks. #}
-- depends_on: {{ ref('benchmarks') }}, {{ ref('caps') }}

{{ config(materialized='table', tags=['policy']) }}

{%- set path = (chosen_var('scenarios') or '') | string %}

with

source as (

    select
        carbonshed_scenarios(
            '{{ target.database }}',
            '{{ path | replace("'", "''") }}'
        ) as scenarios

),

user_rows as (

    select
        unnest(
            from_json(
                scenarios,
                '[{
                    "row_number": "INTEGER",
                    "line": "INTEGER",
                    "scenario_id": "VARCHAR",
                    "year": "INTEGER",
                    "region_id": "VARCHAR",
                    "sector_id": "VARCHAR",
                    "category_id": "VARCHAR",
                    "lever": "VARCHAR",
                    "kind": "VARCHAR",
                    "factor": "DOUBLE",
                    "benchmark_id": "VARCHAR",
                    "cap_id": "VARCHAR",
                    "cap_tonnes": "DOUBLE",
                    "includes_power_supply": "BOOLEAN"
                }]'
            )
        ) as user_row
    from source

),

stg_user_scenarios as (

    select
        user_row.row_number,
        user_row.line,
        user_row.scenario_id,
        user_row.year,
        user_row.region_id,
        user_row.sector_id,
        user_row.category_id,
        user_row.lever,
        user_row.kind,
        user_row.factor,
        user_row.benchmark_id,
        user_row.cap_id,
        user_row.cap_tonnes,
        user_row.includes_power_supply
    from user_rows

)

select * from stg_user_scenarios
