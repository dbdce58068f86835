{#- The dataset of a run: the var, else the environment, else the default. YAML files, which
    see no macros, say the same. After a change of the environment dbt parses only the
    files again that name it, after a change of a var all of them. -#}
{% macro dataset_name() -%}
    {{ return(
        chosen_var("dataset", env_var("CARBONSHED_DATASET", "synthetic")) | string
    ) }}
{%- endmacro %}
