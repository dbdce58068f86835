{#- A table's comment on one line, without the line breaks of the yml. -#}
{% macro duckdb__alter_relation_comment(relation, comment) %}
    comment on {{ relation.type }} {{ relation }}
        is {{ duckdb_escape_comment(comment.split() | join(" ")) }};
{% endmacro %}
