with

variants as (

    select count(*) as figures
    from {{ ref('variant_figures') }}

),

kinds as (

    select
        count(distinct region_type) as region_types,
        min(region_type) as region_type
    from {{ ref('stg_regions') }}
    where is_ranked

),

-- regions of several types, and provinces of any country, are regions
nouns as (

    select
        case
            when
                region_types = 1
                and region_type in ('city', 'county', 'country')
                then region_type
            else 'region'
        end as region_noun
    from kinds

),

described as (

    select
        described.* exclude (region_noun, region_noun_plural),
        coalesce(described.region_noun, nouns.region_noun) as region_noun,
        coalesce(
            described.region_noun_plural,
            case nouns.region_noun
                when 'city' then 'cities'
                when 'county' then 'counties'
                when 'country' then 'countries'
                else 'regions'
            end
        ) as region_noun_plural
    from {{ ref('stg_dataset') }} as described
    cross join nouns

),

dataset as (

    select
        name,
        title,
        currency,
        currency_unit,
        price_basis,
        country,
        licence,
        source,
        is_synthetic,
        ingested_at,
        carbonshed_version,
        is_compiled,
        region_noun,
        region_noun_plural,
        {{ sentence(
            "case when not described.is_compiled then null"
            ~ " when variants.figures > 0 then 'rank_note_variants'"
            ~ " else 'rank_note_no_variants' end",
            'described'
        ) }} as rank_note,
        dataset_id,
        -- the mark, and what the author of the dataset asks to mind
        nullif(
            concat_ws(
                '; ',
                case
                    when is_synthetic then 'synthetic data'
                    when is_compiled then 'compiled estimate'
                end,
                described.caveat
            ),
            ''
        ) as caveat,
        nullif(
            concat_ws(
                ' ',
                {{ sentence(
                    "case when described.is_synthetic then 'caveat_synthetic'"
                    ~ " when described.is_compiled then 'caveat_compiled' end",
                    'described'
                ) }},
                described.caveat
            ),
            ''
        ) as caveat_note,
        cast({{ chosen_var('smallest_share') | float }} as double)
            as smallest_share
    from described
    cross join variants

)

select * from dataset
