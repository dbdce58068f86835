"""Rural and urban people of China's prefectures, and what they buy.

``python rural_and_urban.py CENSUS.csv STATISTICS`` adds two files to a folder of
statistics: `household_groups`, whose people are the censuses' of 2010 and 2020, and
`demand_totals`, which share out rural and urban consumption by rural and urban people
and by GDP per head to the power of 0.75, as `carbonshed compile` shares out all other
demand. CENSUS.csv is that of Dong, Du and Liu (2022).
"""

import sys

import duckdb

PEOPLE = """
    create table people as
    with counted as (
        select
            city_code::varchar as region_id,
            0.8 * coalesce(popu_rural_2010, 0)
            + 0.2 * coalesce(popu_rural_2020, 0) as rural,
            0.8 * coalesce(popu_urban_2010, 0)
            + 0.2 * coalesce(popu_urban_2020, 0) as urban
        from read_csv('{census}', nullstr = ['', 'NA'])
    )
    select
        year,
        region_id,
        gdp / population as gdp_per_head,
        unnest([
            {{'id': 'rural', 'name': 'Rural', 'rank': 1, 'category': 'FU101',
                'people': population - round(population * urban / (rural + urban))}},
            {{'id': 'urban', 'name': 'Urban', 'rank': 2, 'category': 'FU102',
                'people': round(population * urban / (rural + urban))}}
        ]) as own
    from read_csv('{folder}/region_years.csv', types = {{'region_id': 'varchar'}})
    inner join counted using (region_id)
"""
STATISTICS = {
    "household_groups": """
        select year, region_id, own.id as group_id, own.name as group_name,
            own.rank as group_rank, own.people::bigint as population,
            own.category as category_id
        from people
        where own.people > 0
        order by region_id, group_rank
    """,
    "demand_totals": """
        select year, region_id, own.category as category_id,
            round(own.people * gdp_per_head ** 0.75) as value
        from people
        order by region_id, category_id
    """,
}


def main(census: str, folder: str) -> None:
    """Write the files."""
    connection = duckdb.connect()
    connection.execute(PEOPLE.format(census=census, folder=folder))
    for name, query in STATISTICS.items():
        rows = connection.sql(query)
        rows.write_csv(f"{folder}/{name}.csv")
        print(f"{folder}/{name}.csv: {len(rows)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
