{# How clean the peers of each region are in each sector, and how far it is
   above them, which the producer lever closes; docs/methods.md, Pathways. Nothing
   where all have the intensities of the nation, which tell no region from another.
   Quantiles are linear between the two regions around them, which is what
   percentile_cont gives, written out so that the quantile is a row. #}

with

intensities as (

    select * from {{ ref('int_intensities') }}

),

stressors as (

    select * from {{ ref('int_stressors') }}

),

region_types as (

    select * from {{ ref('int_region_types') }}

),

benchmarks as (

    select * from {{ ref('benchmarks') }}

),

ratios as (

    select * from {{ ref('int_intensity_ratios') }}

),

-- regions without an industry type are peers of each other
peers as (

    select
        intensities.year,
        intensities.stressor_id,
        region_types.industry_type,
        intensities.region_id,
        intensities.sector_id,
        intensities.region_sector_id,
        intensities.emissions,
        intensities.output,
        intensities.direct_intensity,
        row_number() over (
            partition by
                intensities.year,
                intensities.stressor_id,
                region_types.industry_type,
                intensities.sector_id
            order by intensities.direct_intensity, intensities.region_id
        ) - 1 as peer_position,
        count(*) over (
            partition by
                intensities.year,
                intensities.stressor_id,
                region_types.industry_type,
                intensities.sector_id
        ) - 1 as last_position
    from intensities
    inner join stressors using (stressor_id)
    inner join region_types using (year, region_id)
    left join ratios using (year, stressor_id)
    where
        stressors.is_mass
        and ratios.producer_premise is distinct from 'national_intensities'
        and intensities.output > 0
        and not intensities.is_zero_output

),

statistics as (

    select
        peers.year,
        peers.stressor_id,
        peers.industry_type,
        peers.sector_id,
        benchmarks.benchmark_id,
        benchmarks.kind,
        {{ safe_divide('sum(peers.emissions)', 'sum(peers.output)') }}
            as ratio_of_sums,
        max(
            case
                when
                    peers.peer_position
                    = floor(benchmarks.quantile * peers.last_position)
                    then peers.direct_intensity
            end
        ) as intensity_below,
        max(
            case
                when
                    peers.peer_position
                    = ceil(benchmarks.quantile * peers.last_position)
                    then peers.direct_intensity
            end
        ) as intensity_above,
        max(
            benchmarks.quantile * peers.last_position
            - floor(benchmarks.quantile * peers.last_position)
        ) as interpolation_weight
    from peers
    cross join benchmarks
    group by 1, 2, 3, 4, 5, 6

),

peer_intensities as (

    select
        year,
        stressor_id,
        industry_type,
        sector_id,
        benchmark_id,
        case kind
            when 'ratio_of_sums' then ratio_of_sums
            when 'quantile'
                then
                    intensity_below
                    + (intensity_above - intensity_below) * interpolation_weight
        end as intensity
    from statistics

),

int_intensity_gaps as (

    select
        peers.year,
        peers.stressor_id,
        peer_intensities.benchmark_id,
        peers.region_id,
        peers.sector_id,
        peers.direct_intensity,
        peer_intensities.intensity as benchmark_intensity,
        greatest(0, peers.direct_intensity - peer_intensities.intensity)
            as excess_intensity,
        greatest(0, peers.direct_intensity - peer_intensities.intensity)
        * peers.output as excess_emissions,
        peers.industry_type,
        peers.last_position + 1 as peers,
        peers.region_sector_id
    from peers
    inner join peer_intensities
        on
            peers.year = peer_intensities.year
            and peers.stressor_id = peer_intensities.stressor_id
            and peers.industry_type is not distinct from
            peer_intensities.industry_type
            and peers.sector_id = peer_intensities.sector_id

)

select * from int_intensity_gaps
