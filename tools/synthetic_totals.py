"""Published totals beside results; ``python -m tools.synthetic_totals NAME``."""

import sys
from dataclasses import dataclass

import pyarrow.compute as pc
import pyarrow.parquet as pq

from carbonshed.dataset.store import Dataset, open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.names import SYNTHETIC_NAME
from carbonshed.synthetic.facts import CATEGORY_IDS, targets, totals_year


@dataclass(frozen=True)
class Total:
    """One published total and that of a dataset: million CNY, persons, or kt of CO2."""

    target_id: str  # id in targets.csv
    target: float
    result: float

    @property
    def relative_error(self) -> float:
        """Return result over target, less one."""
        return self.result / self.target - 1.0


def compare(dataset: Dataset, year: int | None = None) -> list[Total]:
    """Return the published totals next to those of a year, the first by default.

    Demand is that for home-made and imported goods together, as published.
    """
    year = dataset.years[0] if year is None else year
    results = {
        table: _sum(dataset, table, "value", year)
        for table in ("output", "value_added", "exports", "imports")
    }
    at_home = _by_category(dataset, "final_demand", year)
    abroad = _by_category(dataset, "imports", year)
    for category in CATEGORY_IDS:
        results[category] = at_home[category] + abroad[category]
    results["population"] = _sum(dataset, "region_years", "population", year)
    results["co2"] = _sum(dataset, "emissions", "value", year)
    results["co2"] += _sum(dataset, "direct_emissions", "value", year)
    published = targets(totals_year(year))
    return [Total(name, target, results[name]) for name, target in published.items()]


def markdown(totals: list[Total]) -> str:
    """Return the comparison as a table for the documentation."""
    lines = ["| total | target | result | relative error |", "|---|---:|---:|---:|"]
    lines += [
        f"| {total.target_id} | {total.target:,.2f} | {total.result:,.2f} "
        f"| {total.relative_error:.0e} |"
        for total in totals
    ]
    return "\n".join(lines)


def _sum(dataset: Dataset, table: str, column: str, year: int) -> float:
    values = pq.read_table(
        dataset.table(table), columns=[column], filters=[("year", "==", year)]
    )
    return float(pc.sum(values[column]).as_py())


def _by_category(dataset: Dataset, table: str, year: int) -> dict[str | None, float]:
    rows = pq.read_table(
        dataset.table(table),
        columns=["category_id", "value"],
        read_dictionary=["category_id"],
        filters=[("year", "==", year)],
    )
    sums = rows.group_by("category_id").aggregate([("value", "sum")])
    keys = sums["category_id"].to_pylist()
    return dict(zip(keys, sums["value_sum"].to_pylist(), strict=True))


def main(arguments: list[str]) -> int:
    """Print the comparison for the dataset named first, else the default one."""
    try:
        dataset = open_dataset(arguments[0] if arguments else SYNTHETIC_NAME)
    except CarbonshedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for year in dataset.years:
        if len(dataset.years) > 1:
            print(f"\n{year}\n")
        print(markdown(compare(dataset, year)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
