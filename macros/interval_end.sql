{#- An end of the interval that holds 90 % of an amount: of the lognormal with
    this mean and variance, of a normal where the amount is not positive. -#}
{% macro interval_end(amount, standard_error, sign) -%}
    {%- set log_variance -%}
        ln(1 + power({{ standard_error }} / {{ amount }}, 2))
    {%- endset -%}
    case
        when {{ amount }} > 0
            then
                {{ amount }} * exp(
                    {{ sign }} {{ upper_normal_quantile() }} * sqrt({{ log_variance }})
                    - {{ log_variance }} / 2
                )
        else
            {{ amount }} {{ sign }} {{ upper_normal_quantile() }} * {{ standard_error }}
    end
{%- endmacro %}
