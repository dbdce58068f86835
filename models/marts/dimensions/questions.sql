{# The ready questions of analyses/, kept beside the marts that they ask, so that
   each is answered without dbt: docs/questions.md. #}

with

kept as (

    select
        unnest(
            from_json(
                {{ quoted_text(tojson(kept_questions())) }},
                '[{
                    "question_id": "VARCHAR",
                    "question": "VARCHAR",
                    "reading": "VARCHAR",
                    "needs": "VARCHAR",
                    "answer_columns": "VARCHAR",
                    "compiled_sql": "VARCHAR"
                }]'
            ),
            recursive := true
        )

),

questions as (

    select
        question_id,
        question,
        reading,
        array_to_string(
            list_sort(
                list_distinct(
                    regexp_extract_all(
                        compiled_sql, 'getvariable\(''([a-z_]+)''\)', 1
                    )
                )
            ),
            ', '
        ) as parameters,
        needs,
        answer_columns,
        compiled_sql
    from kept

)

select * from questions
