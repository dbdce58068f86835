"""Templates of ``scenarios.csv``: the header, or an example for a dataset."""

import csv
import io
from pathlib import Path

from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import SCENARIO_TABLE, UNRANKED_REGION_TYPES
from carbonshed.outputs import write_new_file
from carbonshed.scenarios.vocabulary import Vocabulary

Row = dict[str, object]


def write_scenario_template(path: Path, rows: list[Row]) -> None:
    """Write a new file of scenarios, from fields by column."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, SCENARIO_TABLE.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_new_file(path, text.getvalue())


def example_rows(dataset: Dataset, vocabulary: Vocabulary) -> list[Row]:
    """Return scenarios that are valid for a dataset, one for each kind of row."""
    intensity = {"scenario_id": "cleaner", "lever": "intensity"}
    demand = {"scenario_id": "sparing", "lever": "demand"}
    place = {"year": dataset.years[-1], "region_id": _region(dataset)}
    both = {**place, "scenario_id": "one_place", "kind": "factor"}
    return [
        {**intensity, "sector_id": _sector(dataset), "kind": "factor", "value": 0.8},
        {
            **intensity,
            "kind": "benchmark",
            "value": vocabulary.benchmarks[0],
            "includes_power_supply": "false" if vocabulary.power_supply else "true",
        },
        {**demand, "kind": "scale_to_cap", "value": vocabulary.caps[0]},
        {**both, "lever": "intensity", "value": 0.9},
        {**both, "category_id": _category(dataset), "lever": "demand", "value": 0.95},
    ]


def _region(dataset: Dataset) -> str:
    rows = _rows(dataset, "regions")
    ranked = [row for row in rows if row["region_type"] not in UNRANKED_REGION_TYPES]
    return (ranked or rows)[0]["region_id"]


def _sector(dataset: Dataset) -> str:
    rows = _rows(dataset, "sectors")
    power = [row for row in rows if row["is_power_supply"]]
    return (power or rows)[0]["sector_id"]


def _category(dataset: Dataset) -> str:
    rows = _rows(dataset, "final_demand_categories")
    households = [row for row in rows if row["category_group"] == "household"]
    return (households or rows)[0]["category_id"]


def _rows(dataset: Dataset, table: str) -> list[dict]:
    return dataset.read(table).to_pylist()
