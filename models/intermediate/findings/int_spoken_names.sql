{# Names of regions as sentences say them; docs/methods.md, Findings. A headline
   takes the longest of three cuts that it has room for: cut is behind a word, and
   what is cut ends in an ellipsis. #}

with

regions as (

    select * from {{ ref('regions') }}

),

dataset as (

    select * from {{ ref('dataset') }}

),

-- letters and words at most, the article included
cuts as (

    select
        allowed.cut,
        allowed.letters,
        allowed.words
    from (
        values (1, 30, 5), (2, 22, 3), (3, 16, 2)
    ) as allowed (cut, letters, words)

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
        named.region_id,
        cast(cuts.cut as integer) as cut,
        named.the_name,
        named.the_name_first,
        {{ cut_name('named.whole_name', 'cuts.letters', 'cuts.words') }}
            as short_name,
        {{ cut_name('named.whole_name_first', 'cuts.letters', 'cuts.words') }}
            as short_name_first
    from named
    cross join cuts

)

select * from int_spoken_names
