"""Write a system as the tidy folder of the contract, CSV or Parquet, and read one."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support.systems import Category, Region, Sector, Stressor, System, Year

OUTLINES_FROM = {"licence": "CC0 1.0", "source": "Drawn with a ruler"}
FACTS = {
    "transactions": (
        *("origin_region_id", "origin_sector_id"),
        *("destination_region_id", "destination_sector_id"),
    ),
    "final_demand": (
        *("origin_region_id", "origin_sector_id"),
        *("destination_region_id", "category_id"),
    ),
    "exports": ("region_id", "sector_id"),
    "imports": ("region_id", "sector_id", "category_id"),
    "imported_products": ("region_id", "sector_id", "category_id", "product_id"),
    "value_added": ("region_id", "sector_id", "component_id"),
    "output": ("region_id", "sector_id"),
    "emissions": ("stressor_id", "region_id", "sector_id"),
    "direct_emissions": ("stressor_id", "region_id", "category_id"),
}
OPTIONAL = (
    *("exports", "imports", "imported_products", "value_added", "output"),
    *("direct_emissions", "import_intensities", "characterisation_factors"),
    *("deflators", "carbon_prices", "border_charges"),
    *("labels", "household_groups", "household_spending", "official_footprints"),
)
_NAMES = {
    "regions": (
        *("region_id", "region_name", "parent_region_id", "region_type"),
        "region_name_en",
    ),
    "region_years": ("year", "region_id", "population", "gdp"),
    "sectors": ("sector_id", "sector_name", "sector_group", "is_power_supply"),
    "final_demand_categories": ("category_id", "category_name", "category_group"),
    "stressors": ("stressor_id", "stressor_name", "unit"),
    "import_intensities": ("year", "stressor_id", "sector_id", "value"),
    "characterisation_factors": ("impact_id", "stressor_id", "value"),
    "deflators": ("year", "sector_id", "region_id", "value"),
    "carbon_prices": (
        *("price_id", "price", "region_id", "sector_id", "covered_share"),
        "covers_direct",
    ),
    "border_charges": ("charge_id", "kind", "id", "value"),
    "labels": ("label_id", "sector_id"),
    "household_groups": (
        *("year", "region_id", "group_id", "group_name", "group_rank", "population"),
        *("income", "category_id"),
    ),
    "household_spending": (
        *("year", "region_id", "group_id", "sector_id", "label_id", "value"),
    ),
    "official_footprints": (
        *("year", "stressor_id", "region_id", "published_footprint", "unit"),
        *("extent", "leaves_out", "source"),
    ),
    **{table: ("year", *keys, "value") for table, keys in FACTS.items()},
}
_TYPES = {
    **dict.fromkeys(("year", "population"), pa.int64()),
    **dict.fromkeys(("gdp", "value", "price", "covered_share"), pa.float64()),
    "published_footprint": pa.float64(),
    **dict.fromkeys(("is_power_supply", "covers_direct"), pa.bool_()),
}
COLUMNS = {
    table: {name: _TYPES.get(name, pa.string()) for name in names}
    for table, names in _NAMES.items()
}
COLUMNS["household_groups"] |= {
    "group_rank": pa.int64(),
    **dict.fromkeys(("population", "income"), pa.float64()),
}


def dimension_rows(system: System) -> dict[str, list[tuple]]:
    """Return the rows of the tables of labels."""
    return {
        "regions": [
            (r.id, r.name, r.parent, r.type, r.name_en) for r in system.regions
        ],
        "region_years": [
            (number, region.id, year.population[s], year.gdp[s])
            for number, year in system.years.items()
            for s, region in enumerate(system.regions)
        ],
        "sectors": [(i.id, i.name, i.group, i.is_power_supply) for i in system.sectors],
        "final_demand_categories": [(c.id, c.name, c.group) for c in system.categories],
        "stressors": [(q.id, q.name, q.unit) for q in system.stressors],
        "import_intensities": system.import_intensities,
        "deflators": system.deflators,
        "carbon_prices": system.carbon_prices,
        "border_charges": system.border_charges,
        "labels": system.labels,
        "household_groups": system.household_groups,
        "household_spending": system.household_spending,
        "official_footprints": system.official_footprints,
        "characterisation_factors": [
            (impact, stressor, factor)
            for impact, factors in system.impacts.items()
            for stressor, factor in factors.items()
        ],
    }


def fact_rows(system: System, number: int, year: Year) -> dict[str, Iterable[tuple]]:
    """Return the rows of the tables of numbers for one year, zeros included."""
    producers = system.producers
    regions, categories = system.regions, system.categories

    def final(cells: np.ndarray) -> list[tuple]:
        return [
            (regions[s].id, categories[c].id, cells[s, c])
            for s in range(len(regions))
            for c in range(len(categories))
        ]

    def own(cells: np.ndarray | None) -> list[tuple]:
        if cells is None:
            return []
        return [(*producer, cells[k]) for k, producer in enumerate(producers)]

    rows = {
        "transactions": [
            (*origin, *destination, year.transactions[i, j])
            for i, origin in enumerate(producers)
            for j, destination in enumerate(producers)
        ],
        "final_demand": [
            (*origin, *row)
            for i, origin in enumerate(producers)
            for row in final(year.final_demand[i])
        ],
        "exports": own(year.exports),
        "imports": [(r, i, None, v) for r, i, v in own(year.imports_by_sector)],
        "value_added": [
            (r, i, component, value)
            for component, cells in zip(
                system.components,
                [] if year.value_added is None else year.value_added,
                strict=False,
            )
            for r, i, value in own(cells)
        ],
        "output": own(year.output),
        "emissions": [
            (stressor, *row)
            for stressor, cells in year.emissions.items()
            for row in own(cells)
        ],
        "direct_emissions": [
            (stressor, *row)
            for stressor, cells in year.direct.items()
            for row in final(cells)
        ],
    }
    rows["imported_products"] = imported_products(system, year)
    if year.imports_by_category is not None:
        rows["imports"] += [
            (r, None, c, v) for r, c, v in final(year.imports_by_category)
        ]
    return {
        table: [(number, *row) for row in found if row[-1] != 0.0 or keeps_zero(row)]
        for table, found in rows.items()
    }


def imported_products(system: System, year: Year) -> list[tuple]:
    """Return what is known of imports by product; nothing of other buyers."""
    if year.imported_products is None:
        return []
    buyers = [(r, i, None) for r, i in system.producers]
    buyers += [(r.id, None, c.id) for r in system.regions for c in system.categories]
    return [
        (*buyer, sector.id, year.imported_products[i, k])
        for k, buyer in enumerate(buyers)
        if year.imported_products[:, k].any()
        for i, sector in enumerate(system.sectors)
    ]


def keeps_zero(row: tuple) -> bool:
    """Keep a few explicit zeros: they are legal and must change nothing."""
    return sum(map(len, filter(None, row[:-1]))) % 5 == 0


def descriptor(system: System, name: str) -> dict:
    """Return the content of ``datapackage.json``."""
    rates = {str(year): rate for year, rate in system.currency_per_usd.items()}
    return {
        "name": name,
        "title": f"Random system {name}",
        "licenses": [{"name": "CC0-1.0", "title": "Creative Commons Zero"}],
        "sources": [{"title": "Drawn from a seeded generator"}],
        "mrio": {
            "currency": system.currency,
            "currency_unit": system.currency_unit,
            "price_basis": "basic prices, current",
            "country": system.country,
            "synthetic": system.is_synthetic,
            **({"currency_per_usd": rates} if rates else {}),
            **({"caveat": system.caveat} if system.caveat else {}),
            **({"outlines": OUTLINES_FROM} if system.outlines else {}),
        },
    }


def outline(ring: list[list[float]]) -> dict:
    """Return the geometry of a region, of GeoJSON."""
    return {"type": "Polygon", "coordinates": [ring]}


def write_table(path: Path, columns: dict[str, pa.DataType], rows: list) -> None:
    """Write rows as CSV or Parquet; in CSV an empty field is NULL."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows([_field(value) for value in row] for row in rows)
        return
    arrays = [
        pa.array([row[k] for row in rows], type=kind)
        for k, kind in enumerate(columns.values())
    ]
    pq.write_table(pa.table(arrays, names=list(columns)), path)


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return repr(float(value)) if isinstance(value, float) else str(value)


def write_tidy(
    system: System, folder: Path, suffix: str = "csv", name: str = "random"
) -> Path:
    """Write the whole folder, rows in no particular order.

    Optional tables without rows are left out, and a file that is none of the
    contract's lies beside them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[tuple]] = dimension_rows(system)
    for number, year in system.years.items():
        for table, rows in fact_rows(system, number, year).items():
            tables.setdefault(table, []).extend(rows)
    rng = np.random.Generator(np.random.PCG64(7))
    for table, rows in tables.items():
        # zeros of facts are as good as none
        if table in OPTIONAL and not any(row[-1] or table not in FACTS for row in rows):
            continue
        order = rng.permutation(len(rows)) if table in FACTS else range(len(rows))
        columns = dict(COLUMNS[table])
        if table == "regions" and not any(row[-1] for row in rows):
            columns.popitem()  # English names may be missing altogether
        path = folder / f"{table}.{suffix}"
        write_table(path, columns, [rows[k][: len(columns)] for k in order])
    text = json.dumps(descriptor(system, name), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    if system.outlines:
        features = [
            {"type": "Feature", "id": region, "geometry": outline(ring)}
            for region, ring in system.outlines.items()
        ]
        content = {"type": "FeatureCollection", "features": features}
        (folder / "regions.geojson").write_text(json.dumps(content), encoding="utf-8")
    (folder / "notes.csv").write_text("ignored,by\nthe,reader\n", encoding="utf-8")
    return folder


def read_table(folder: Path, table: str) -> list[dict]:
    """Return the rows of one table of a tidy folder, none if it is missing."""
    if (folder / f"{table}.parquet").exists():
        return pq.read_table(folder / f"{table}.parquet").to_pylist()
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {key: value if value != "" else None for key, value in row.items()}
            for row in csv.DictReader(stream)
        ]


def read_tidy(folder: Path) -> System:
    """Return the system of a tidy folder, without products of imports and output."""
    mrio = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["mrio"]
    system = System(
        regions=[
            Region(
                row["region_id"],
                row["region_name"],
                row["region_type"],
                row.get("parent_region_id"),
                row.get("region_name_en"),
            )
            for row in read_table(folder, "regions")
        ],
        sectors=[
            Sector(
                row["sector_id"],
                row["sector_name"],
                row["sector_group"],
                row.get("is_power_supply") in (True, "true"),
            )
            for row in read_table(folder, "sectors")
        ],
        categories=[
            Category(row["category_id"], row["category_name"], row["category_group"])
            for row in read_table(folder, "final_demand_categories")
        ],
        stressors=[
            Stressor(row["stressor_id"], row["stressor_name"], row["unit"])
            for row in read_table(folder, "stressors")
        ],
        years={},
        currency=mrio["currency"],
        currency_unit=mrio["currency_unit"],
        country=mrio["country"],
        is_synthetic=mrio.get("synthetic", False),
        currency_per_usd={
            int(year): rate for year, rate in mrio.get("currency_per_usd", {}).items()
        },
    )
    _empty_years(system, folder)
    _fill_years(system, folder)
    _add_imports(system, folder)
    return system


def _empty_years(system: System, folder: Path) -> None:
    """Add the years of ``region_years``, with nothing but their people and GDP."""
    rows = read_table(folder, "region_years")
    has_value_added = bool(read_table(folder, "value_added"))
    n, R, C = len(system.producers), len(system.regions), len(system.categories)
    stressors = [stressor.id for stressor in system.stressors]
    regions = {region.id: s for s, region in enumerate(system.regions)}
    for number in sorted({int(row["year"]) for row in rows}):
        system.years[number] = Year(
            transactions=np.zeros((n, n)),
            final_demand=np.zeros((n, R, C)),
            exports=np.zeros(n),
            emissions={stressor: np.zeros(n) for stressor in stressors},
            direct={stressor: np.zeros((R, C)) for stressor in stressors},
            population=[None] * R,
            gdp=[None] * R,
            value_added=np.zeros((1, n)) if has_value_added else None,
        )
    for row in rows:
        year, s = system.years[int(row["year"])], regions[row["region_id"]]
        year.population[s] = row["population"] and int(row["population"])
        year.gdp[s] = row["gdp"] and float(row["gdp"])


def _fill_years(system: System, folder: Path) -> None:
    producers = {producer: k for k, producer in enumerate(system.producers)}
    regions = {region.id: s for s, region in enumerate(system.regions)}
    categories = {category.id: c for c, category in enumerate(system.categories)}

    def producer(row: dict, prefix: str = "") -> int:
        return producers[row[f"{prefix}region_id"], row[f"{prefix}sector_id"]]

    def cells(table: str) -> Iterator[tuple[Year, dict, float]]:
        for row in read_table(folder, table):
            yield system.years[int(row["year"])], row, float(row["value"])

    for year, row, value in cells("transactions"):
        place = producer(row, "origin_"), producer(row, "destination_")
        year.transactions[place] = value
    for year, row, value in cells("final_demand"):
        s, c = regions[row["destination_region_id"]], categories[row["category_id"]]
        year.final_demand[producer(row, "origin_"), s, c] = value
    for year, row, value in cells("exports"):
        year.exports[producer(row)] = value
    for year, row, value in cells("emissions"):
        year.emissions[row["stressor_id"]][producer(row)] = value
    for year, row, value in cells("direct_emissions"):
        place = regions[row["region_id"]], categories[row["category_id"]]
        year.direct[row["stressor_id"]][place] = value
    for year, row, value in cells("value_added"):
        year.value_added[0, producer(row)] += value


def _add_imports(system: System, folder: Path) -> None:
    regions = [region.id for region in system.regions]
    categories = [category.id for category in system.categories]
    for row in read_table(folder, "imports"):
        year = system.years[int(row["year"])]
        if year.imports_by_sector is None:
            year.imports_by_sector = np.zeros(len(system.producers))
            year.imports_by_category = np.zeros((len(regions), len(categories)))
        region, sector, value = row["region_id"], row["sector_id"], float(row["value"])
        if sector is not None:
            year.imports_by_sector[system.producers.index((region, sector))] = value
        else:
            place = regions.index(region), categories.index(row["category_id"])
            year.imports_by_category[place] = value
