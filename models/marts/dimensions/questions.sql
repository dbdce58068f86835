{# The ready questions of analyses/ beside the marts that they ask, so that each
   is answered without dbt: docs/questions.md. #}

with

questions as (

    -- the types, and what is there while dbt parses the project
    select
        cast(null as varchar) as question_id,
        cast(null as varchar) as question,
        cast(null as varchar) as reading,
        cast(null as varchar) as chosen_by,
        cast(null as varchar) as needs,
        cast(null as varchar) as answer_columns,
        cast(null as varchar) as compiled_sql
    where false

    {% for question in kept_questions() %}
        union all

        select
            {{ quoted_text(question.question_id) }},
            {{ quoted_text(question.question) }},
            {{ quoted_text(question.reading) }},
            {{ quoted_text(question.chosen_by) }},
            nullif({{ quoted_text(question.needs or '') }}, ''),
            {{ quoted_text(question.answer_columns) }},
            {{ quoted_text(question.compiled_sql) }}
    {% endfor %}

)

select * from questions
