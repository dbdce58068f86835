"""What a statistics office would publish, taken from a table that has it all.

``python give_back.py TABLE PLACES.csv STATISTICS`` reads a folder of tables and fills
in the folder that `carbonshed template compile` has written: regions and where they
are, people, GDP, value added of three broad sectors, and totals of CO2. With your own
country you type these files from your office's tables instead.
"""

import json
import sys
from pathlib import Path

import duckdb

STATISTICS = {
    "regions": """
        select r.region_id, region_name, parent_region_id, region_type,
            p.longitude, p.latitude
        from '{table}/regions.csv' as r
        left join '{places}' as p using (region_id)
    """,
    "region_years": "select * from '{table}/region_years.csv'",
    "activity": """
        select year, region_id, 'value_added' as measure, null as sector_id, label_id,
            round(sum(value), 1) as value
        from '{table}/value_added.csv'
        inner join '{folder}/labels.csv' using (sector_id)
        group by all order by all
    """,
    "emissions": """
        select year, stressor_id, region_id, null as sector_id,
            round(sum(value), 1) as value
        from '{table}/emissions.csv'
        group by all order by all
    """,
}


def main(table: str, places: str, folder: str) -> None:
    """Write the files."""
    connection = duckdb.connect()
    names = {"table": table, "places": places, "folder": folder}
    for name, query in STATISTICS.items():
        rows = connection.sql(query.format(**names))
        rows.write_csv(f"{folder}/{name}.csv")
        print(f"{folder}/{name}.csv: {len(rows)} rows")
    descriptor = Path(folder) / "datapackage.json"
    content = json.loads(descriptor.read_text("utf-8"))
    content |= {
        "name": "finland-regions",
        "title": "Statistics of the 19 regions of Finland, 2014",
        "licenses": [{"name": "open, with reference to the report"}],
        "sources": [{"title": "ALTA, regional economic database (Honkatukia 2019)"}],
    }
    descriptor.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
