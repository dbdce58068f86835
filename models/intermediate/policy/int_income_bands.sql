{# The income bands that are used for each year, and what a dollar is worth;
   docs/methods.md, Living standards. #}

with

years as (

    select * from {{ ref('int_years') }}

),

dataset as (

    select * from {{ ref('stg_dataset') }}

),

dataset_rates as (

    select * from {{ source('ingested', 'exchange_rates') }}

),

exchange_rates as (

    select * from {{ ref('exchange_rates') }}

),

income_bands as (

    select * from {{ ref('income_bands') }}

),

choices as (

    select * from {{ ref('int_policy_choices') }}

),

band_years as (

    select
        gni_year,
        max(case when band = 'low' then upper_bound_usd end) as low_up_to,
        max(case when band = 'lower_middle' then upper_bound_usd end)
            as lower_middle_up_to,
        max(case when band = 'upper_middle' then upper_bound_usd end)
            as upper_middle_up_to
    from income_bands
    inner join choices
        on
            income_bands.gni_year
            = coalesce(choices.income_year, income_bands.gni_year)
    group by 1

),

nearest_bands as (

    select
        years.year,
        band_years.gni_year,
        band_years.low_up_to,
        band_years.lower_middle_up_to,
        band_years.upper_middle_up_to,
        row_number() over (
            partition by years.year
            order by abs(band_years.gni_year - years.year), band_years.gni_year
        ) as nearness
    from years
    cross join band_years

),

nearest_rates as (

    select
        years.year,
        exchange_rates.currency_per_usd,
        row_number() over (
            partition by years.year
            order by
                abs(exchange_rates.year - years.year), exchange_rates.year
        ) as nearness
    from years
    cross join dataset
    inner join exchange_rates using (currency)

),

int_income_bands as (

    select
        nearest_bands.year,
        nearest_bands.gni_year as income_year,
        -- the dataset's own rate of just this year goes first
        coalesce(
            dataset_rates.currency_per_usd, nearest_rates.currency_per_usd
        ) as currency_per_usd,
        nearest_bands.low_up_to,
        nearest_bands.lower_middle_up_to,
        nearest_bands.upper_middle_up_to,
        (nearest_bands.lower_middle_up_to + 1)
        * coalesce(
            dataset_rates.currency_per_usd, nearest_rates.currency_per_usd
        ) as income_threshold
    from nearest_bands
    left join dataset_rates using (year)
    left join nearest_rates
        on
            nearest_bands.year = nearest_rates.year
            and nearest_rates.nearness = 1
    where nearest_bands.nearness = 1

)

select * from int_income_bands
