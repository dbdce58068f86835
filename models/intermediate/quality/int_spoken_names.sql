{# Names of regions as sentences say them; docs/methods.md, Findings. In a
   headline a name has at most 30 letters and five words, its article
   included: what is longer is cut behind a word and ends in an ellipsis. #}

with

regions as (

    select * from {{ ref('regions') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

named as (

    select
        regions.region_id,
        {{ spoken_name('regions.region_name', 'dataset.region_noun') }}
            as the_name,
        {{ spoken_name(
            'regions.region_name', 'dataset.region_noun', 'The '
        ) }} as the_name_first,
        -- headlines are in English, and so are names where these are known
        {{ spoken_name(
            'coalesce(regions.region_name_en, regions.region_name)',
            'dataset.region_noun'
        ) }} as whole_name,
        {{ spoken_name(
            'coalesce(regions.region_name_en, regions.region_name)',
            'dataset.region_noun',
            'The '
        ) }} as whole_name_first
    from regions
    cross join dataset

),

int_spoken_names as (

    select
        region_id,
        the_name,
        the_name_first,
        {{ cut_name('whole_name') }} as short_name,
        {{ cut_name('whole_name_first') }} as short_name_first
    from named

)

select * from int_spoken_names
