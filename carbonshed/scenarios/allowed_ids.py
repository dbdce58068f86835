"""The ids that a user's scenarios may name, and hints for names that are unknown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carbonshed.dataset import open_dataset
from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.paths import seed_ids, warehouse_dir
from carbonshed.text import listing, nearest, suggestion

MAX_LISTED = 12
# table -> its column of names, and the word for one of its rows
DIMENSIONS = {
    "regions": ("region_name", "region"),
    "sectors": ("sector_name", "sector"),
    "final_demand_categories": ("category_name", "category"),
}
_GROUPS = {
    "sectors": "sector_group",
    "final_demand_categories": "category_group",
}


@dataclass(frozen=True)
class Vocabulary:
    """The ids that the rows of a file may name."""

    dataset: str
    years: tuple[int, ...]
    # its ids, by table: regions, sectors, final_demand_categories
    ids: Mapping[str, tuple[str, ...]]
    # the ids of each group, by table: sectors, final_demand_categories
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    # the ids that have a name, by table
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    power_supply: frozenset[str]
    # the benchmarks and caps that the project knows by name
    benchmarks: tuple[str, ...]
    caps: tuple[str, ...]
    is_built: bool  # True if there is a warehouse that can be asked for the ids

    def an_id_of(self, table: str) -> str:
        """Return the noun for the value of a field that refers to a table."""
        return f"an id of {table} of dataset {self.dataset}"

    def instead_of(self, table: str, unknown: str) -> str:
        """Return a hint for an unknown id: its name, its group, or the known ids."""
        ids = self.ids[table]
        names = self.names.get(table, {})
        if named := names.get(unknown):
            return f" (that is the name of {listing(named, MAX_LISTED, quote=True)})"
        if members := self.groups.get(table, {}).get(unknown):
            one = DIMENSIONS[table][1]
            listed = listing(members, MAX_LISTED, quote=True)
            return f" ({unknown} is a group; one row per {one}: {listed})"
        if len(ids) <= MAX_LISTED:
            return f": {listing(ids, quote=True)}"
        if near := suggestion(unknown, ids):
            return near
        if name := nearest(unknown, names):
            named = listing(names[name], MAX_LISTED, quote=True)
            return f" (did you mean {named}, {name!r}?)"
        return f", which has {len(ids)}"

    def how_to_list(self, problems: Sequence[str]) -> list[str]:
        """Return queries that list the ids which the problems do not list."""
        tables = [
            table
            for table, ids in self.ids.items()
            if self.is_built
            and len(ids) > MAX_LISTED
            and any(f"expected {self.an_id_of(table)}" in line for line in problems)
        ]
        return [
            f"all {table}: carbonshed query {self.dataset} "
            f'"select {INPUT_TABLES[table].key[0]}, {DIMENSIONS[table][0]} '
            f'from {table}" --format csv'
            for table in tables
        ]


def load_vocabulary(name: str) -> Vocabulary:
    """Return the ids that the scenarios of a dataset may name."""
    dataset = open_dataset(name)
    return vocabulary_of_rows(
        name,
        dataset.years,
        {table: dataset.read(table).to_pylist() for table in DIMENSIONS},
        seed_ids("benchmarks", "benchmark_id"),
        seed_ids("caps", "cap_id"),
        is_built=(warehouse_dir() / f"{name}.duckdb").is_file(),
    )


def vocabulary_of_rows(
    dataset: str,
    years: Iterable[int],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    benchmarks: tuple[str, ...],
    caps: tuple[str, ...],
    *,
    is_built: bool,
) -> Vocabulary:
    """Return the ids that a file may name, by the rows of each of `DIMENSIONS`."""
    keys = {table: INPUT_TABLES[table].key[0] for table in DIMENSIONS}

    def ids_by(table: str, column: str) -> dict[str, tuple[str, ...]]:
        ids: dict[str, tuple[str, ...]] = {}
        for row in rows[table]:
            ids[row[column]] = (*ids.get(row[column], ()), row[keys[table]])
        return ids

    return Vocabulary(
        dataset=dataset,
        years=tuple(years),
        ids={
            table: tuple(row[key] for row in rows[table]) for table, key in keys.items()
        },
        groups={table: ids_by(table, column) for table, column in _GROUPS.items()},
        names={table: ids_by(table, name) for table, (name, _) in DIMENSIONS.items()},
        power_supply=frozenset(
            row["sector_id"] for row in rows["sectors"] if row["is_power_supply"]
        ),
        benchmarks=benchmarks,
        caps=caps,
        is_built=is_built,
    )
