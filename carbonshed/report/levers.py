"""The data of the explorer: what every lever of every region changes, in one file.

A lever acts on all sectors of a region together. So the flows between regions suffice,
and for each region and benchmark the emissions that its producers would leave
unemitted, by the region that they are emitted for. Both are sums over the solved table
that a publication keeps for scenarios. `tools/web/src/evaluate.js` describes the result
and evaluates it.
"""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from carbonshed.checksums import LIST, changed_since_listed, listed_sums
from carbonshed.errors import CarbonshedError
from carbonshed.publish.editions import INPUTS, what_if_folder
from carbonshed.publish.scenario_inputs import RULES, SOLVED
from carbonshed.publish.work_file import build_command
from carbonshed.report.content import word
from carbonshed.report.context import Context
from carbonshed.report.queries import Marts, Rows
from carbonshed.text import sql_name, sql_text, takes_article

FORMAT = 1
# each has 4 bytes: as text, with page and scripts, below 6 MB
MAX_NUMBERS = 1_150_000
# of the fitted curve, and of regions in shipped scenarios
_CURVE = ("elasticity", "largestFootprint", "largestIncome", "thresholdFootprint")
_OF_REGIONS = (
    *("production_after", "footprint_after"),
    *("producer_quota", "consumer_quota"),
)
_INPUTS = "the inputs"  # no dataset can have this name
_EXPORT = "EXPORT"
_NOT_KEPT = (
    "the publication keeps less than scenarios are evaluated by: an earlier version "
    "made it. Build it again"
)
_TOO_MANY = (
    "the levers of so many regions do not fit into a file that can be sent. Use "
    "`carbonshed whatif`"
)


@dataclass(frozen=True)
class Levers:
    """The text of ``data/levers.js``, or the reason why there is none."""

    script: str = ""
    reason: str = ""


@dataclass
class _Cuts:
    """Emissions that a region's producers would avoid, by destination, in t.

    Those of power supply, or of all other sectors, under one benchmark.
    """

    region: int
    benchmark: int
    part: int  # 1 for power supply, else 0
    capped: np.ndarray  # shape (regions,)
    other: np.ndarray  # shape (regions,)
    exported: float = 0.0


@dataclass
class _Arrays:
    """The flows of a year and stressor, and what levers change of them."""

    regions: list[str]
    capped: np.ndarray  # origin by destination, t
    other: np.ndarray  # the same, of demand that no cap touches
    exported: np.ndarray  # by origin, t
    ratios: np.ndarray  # benchmark over intensity: region, sector, benchmark
    cuts: list[_Cuts]
    has_other: bool = False
    coarse: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note whether there is demand that no cap touches, such as inventories."""
        self.has_other = bool(np.any(self.other)) or any(
            np.any(row.other) for row in self.cuts
        )

    def fit(self, first: list[int], others: list[int]) -> bool:
        """Give up the sectors of regions, the last of `others` first, until all fits.

        `first` keep theirs. Return False if it cannot fit.
        """
        regions = len(self.regions)
        row = regions * (2 if self.has_other else 1)
        rows = np.bincount([cut.region for cut in self.cuts], minlength=regions)
        numbers = regions * regions + self.ratios.size + row * len(self.cuts)
        kept = set(first)
        for region in reversed([region for region in others if region not in kept]):
            if numbers <= MAX_NUMBERS:
                break
            numbers -= row * int(rows[region])
            numbers += regions if self.has_other else 0
            self.coarse.append(region)
        self.coarse.sort()
        return numbers <= MAX_NUMBERS

    def shares(self, region: int) -> list[list[float]]:
        """Return the share of a region's emissions that each benchmark cuts.

        Without and with power supply.
        """
        total = (self.capped[region].sum() + self.other[region].sum()) + self.exported[
            region
        ]
        shares = np.zeros((self.ratios.shape[2], 2))
        for cut in self.cuts:
            if cut.region == region and total:
                whole = cut.capped.sum() + cut.other.sum() + cut.exported
                shares[cut.benchmark, cut.part :] += whole / total
        return shares.tolist()


def make_levers(context: Context, marts: Marts) -> Levers:
    """Return the data of the explorer for a year and stressor.

    Raises
    ------
    CarbonshedError
        If the solved table of the publication is not what was published.
    """
    solve = _open_inputs(marts.connection, context)
    if not solve:
        return Levers(reason=_NOT_KEPT)
    inner = replace(marts, read={})
    levers = _read_levers(context, inner, solve)
    # the foot of a page names marts, and not what they were made from
    published = {
        table
        for (table,) in marts.connection.execute(
            "select table_name from duckdb_tables()"
            " where schema_name = 'marts' and database_name = current_database()"
        ).fetchall()
    }
    marts.read |= {table: None for table in inner.read if table in published}
    return levers


def _read_levers(context: Context, marts: Marts, solve: str) -> Levers:
    answer = marts.ask("levers/regions")
    regions, rules = list(answer), list(marts.ask("levers/rules"))
    arrays = _arrays(marts, answer.column("region_id"))
    position = {id_: number for number, id_ in enumerate(arrays.regions)}
    for rule in rules:
        rule["members"] = [position[id_] for id_ in rule["members"] if id_]
    largest = sorted(range(len(regions)), key=lambda r: -abs(regions[r]["production"]))
    chosen = sorted({member for rule in rules for member in rule["members"]})
    if not arrays.fit(chosen, largest):
        return Levers(reason=_TOO_MANY)
    content = {
        "format": FORMAT,
        "solve": solve,
        **_table(context, marts),
        **_choices(context, marts, rules),
        **_shipped(marts, len(regions)),
        **_packed(arrays, answer, marts, context.region),
    }
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return Levers(f"window.carbonshedLevers = {text};\n")


def _open_inputs(connection: duckdb.DuckDBPyConnection, context: Context) -> str:
    """Let the names of models lead to what the publication keeps for scenarios.

    Return the SHA-256 of the solved table of the year, empty if nothing is kept.
    """
    (path,) = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    edition = Path(path or "").resolve().parent
    kept = what_if_folder(edition)
    if not (kept / INPUTS).is_file() or not (edition / LIST).is_file():
        return ""
    is_open = connection.execute(
        "select 1 from duckdb_databases() where database_name = ?", [_INPUTS]
    ).fetchone()
    if not is_open:
        if changed := changed_since_listed(edition / LIST, kept):
            raise CarbonshedError(
                f"{changed[0].name} is missing or not what was published; build it"
                f" again: {build_command(context.dataset['name'])}"
            )
        _make_views(connection, kept)
    digests = [
        digest
        for file, digest in sorted(listed_sums(edition / LIST).items())
        if file.parent == kept
        and file.match(f"embodied_output.{context.year}.*parquet")
    ]
    whole = "".join(digests)
    return whole if len(digests) == 1 else hashlib.sha256(whole.encode()).hexdigest()


def _make_views(connection: duckdb.DuckDBPyConnection, kept: Path) -> None:
    catalogue = sql_name(_INPUTS)
    connection.execute(f"attach {sql_text(kept / INPUTS)} as {catalogue} (read_only)")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?",
        [_INPUTS],
    ).fetchall()
    for schema, table in tables:
        connection.execute(
            f"create temp view {sql_name(table)} as"
            f" from {catalogue}.{sql_name(schema)}.{sql_name(table)}"
        )
    solved = ", ".join(sql_text(path) for path in sorted(kept.glob("*.parquet")))
    connection.execute(
        f"create temp view {sql_name(SOLVED.partition('.')[2])} as"
        f" from read_parquet([{solved}])"
    )
    if RULES not in {f"{schema}.{table}" for schema, table in tables}:
        connection.execute(
            f"create temp view {sql_name(RULES.partition('.')[2])} as select"
            " '' as rule_id, 0 as rule_position, '' as description, '' as evidence,"
            " '' as source where false"
        )


def _arrays(marts: Marts, regions: list[str]) -> _Arrays:
    position = {id_: number for number, id_ in enumerate(regions)}
    size = len(regions)
    capped, other = np.zeros((size, size)), np.zeros((size, size))
    exported = np.zeros(size)
    for origin, destination, first, second in marts.ask("levers/flows").rows:
        row = position[origin]
        if destination == _EXPORT:
            exported[row] = first + second
        else:
            capped[row, position[destination]] = first
            other[row, position[destination]] = second
    benchmarks = marts.ask("levers/benchmarks").column("id")
    return _Arrays(
        regions,
        capped,
        other,
        exported,
        _ratios(marts, position, benchmarks),
        _cuts(marts, position, benchmarks),
    )


def _cuts(marts: Marts, position: dict[str, int], benchmarks: list[str]) -> list[_Cuts]:
    cuts: dict[tuple[int, int, int], _Cuts] = {}
    rows = marts.ask("levers/cuts").rows
    for region, benchmark, is_power_supply, destination, first, second in rows:
        key = position[region], benchmarks.index(benchmark), int(is_power_supply)
        if key not in cuts:
            cuts[key] = _Cuts(*key, np.zeros(len(position)), np.zeros(len(position)))
        if destination == _EXPORT:
            cuts[key].exported = first + second
        else:
            cuts[key].capped[position[destination]] = first
            cuts[key].other[position[destination]] = second
    return list(cuts.values())


def _ratios(
    marts: Marts, position: dict[str, int], benchmarks: list[str]
) -> np.ndarray:
    """Return benchmark over intensity, 1 where a benchmark asks nothing.

    NaN where a part of the way has no meaning: an intensity that is not positive.
    """
    sectors = {
        id_: number
        for number, id_ in enumerate(marts.ask("levers/sectors").column("sector_id"))
    }
    ratios = np.ones((len(position), len(sectors), len(benchmarks)))
    for region, sector, benchmark, slides, ratio in marts.ask("levers/ratios").rows:
        cell = position[region], sectors[sector], benchmarks.index(benchmark)
        ratios[cell] = ratio if slides else np.nan
    return ratios


def _table(context: Context, marts: Marts) -> dict[str, Any]:
    """Return the table's own properties."""
    (choices,) = marts.ask("levers/choices")
    named = {_camel(name): value for name, value in choices.items()}
    publication = marts.ask("common/publication").first() or {}
    return {
        "publication": publication.get("publication_id", ""),
        "dataset": context.dataset["name"],
        "year": context.year,
        "stressor": context.stressor,
        "unit": context.unit,
        "currency": context.currency,
        "caveat": context.caveat,
        "receiversShare": named.pop("receiversShare"),
        "curve": {name: named.pop(name) for name in _CURVE},
        "premises": {
            **named,
            "isLowerBound": context.is_lower_bound,
            "leavesOut": context.leaves_out,
        },
        "peak": _peak(marts),
        "texts": {
            # "the regions of one country" are not those of a table of countries
            text_id: text if "across" in text_id else context.with_nouns(text)
            for text_id, text in marts.ask("levers/texts").rows
        },
    }


def _peak(marts: Marts) -> dict[str, Any]:
    """Return the projected peak, t, the growth until then, or the reason for none."""
    quotas = marts.ask("quota/summary").first() or {}
    columns = {
        "emissions": "peak_emissions",
        "year": "peak_year",
        "growth": "projected_quota",
        "reason": "quota_uplift_note",
    }
    return {name: quotas.get(column) for name, column in columns.items()}


def _choices(
    context: Context, marts: Marts, rules: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the choices of each lever."""

    def labelled(rows: Rows | list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            row
            | {
                "label": context.with_nouns(word(row["id"])),
                "description": context.with_nouns(row["description"]),
                "source": row["source"] or "",
            }
            for row in rows
        ]

    return {
        "benchmarks": labelled(marts.ask("levers/benchmarks")),
        "caps": labelled(marts.ask("levers/caps")),
        "rules": [
            {_camel(key): value for key, value in row.items()}
            for row in labelled(rules)
        ],
        "allocations": labelled(marts.ask("levers/allocations")),
    }


def _shipped(marts: Marts, regions: int) -> dict[str, Any]:
    """Return the figures of the marts that the explorer must reproduce."""
    rows = list(marts.ask("levers/shipped"))
    scenarios = [
        rows[start : start + regions] for start in range(0, len(rows), regions)
    ]
    combinations = [
        {
            "rule": row["rule_id"],
            "benchmark": row["benchmark_id"],
            "cap": row["cap_id"],
            "power": row["includes_power_supply"],
            "quota": row["quota"],
        }
        for row in marts.ask("quota/sensitivity")
    ]
    return {
        "shipped": [_scenario(scenario) for scenario in scenarios],
        "combinations": combinations,
    }


def _scenario(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a shipped scenario; a row is a region, in order."""
    first = rows[0]
    return {
        "id": first["scenario_id"],
        "name": first["scenario_name"],
        "state": {
            "rule": first["rule_id"],
            "regions": [],
            "pathways": True,
            "benchmark": first["benchmark_id"],
            "share": 1,
            "power": first["includes_power_supply"],
            "cap": first["cap_id"],
            "people": first["receivers_share"],
        },
        "quota": first["quota"],
        "regions": {
            _camel(column): [row[column] for row in rows] for column in _OF_REGIONS
        },
    }


def _packed(arrays: _Arrays, regions: Rows, marts: Marts, noun: str) -> dict[str, Any]:
    """Return the regions, and all numbers by lever as one packed array."""
    coarse = set(arrays.coarse)
    cuts = [cut for cut in arrays.cuts if cut.region not in coarse]
    ratios = arrays.ratios.copy()
    ratios[arrays.coarse] = 1
    numbers = [arrays.capped.ravel(), np.nan_to_num(ratios, nan=1).ravel()]
    for cut in cuts:
        numbers += [cut.capped, cut.other] if arrays.has_other else [cut.capped]
    if arrays.has_other:
        numbers += [arrays.other[region] for region in arrays.coarse]
    names = regions.column("region_name")
    return {
        "regions": {
            _camel(name.removeprefix("region_")): regions.column(name)
            for name in regions.columns
        }
        | {"article": [takes_article(name, noun) for name in names]},
        "demand": arrays.capped.sum(axis=0).tolist(),
        "sectors": list(map(list, marts.ask("levers/sectors").rows)),
        "slides": (~np.isnan(arrays.ratios).any(axis=(0, 1))).tolist(),
        "cuts": {
            "region": [cut.region for cut in cuts],
            "benchmark": [cut.benchmark for cut in cuts],
            "part": [cut.part for cut in cuts],
            "exported": [cut.exported for cut in cuts],
        },
        "coarse": {
            "region": arrays.coarse,
            "exported": arrays.exported[arrays.coarse].tolist(),
            "shares": [arrays.shares(region) for region in arrays.coarse],
        },
        "hasOther": arrays.has_other,
        "numbers": _pack(np.concatenate(numbers)),
    }


def _camel(name: str) -> str:
    """Return the name of a column as the scripts have it: perCapita."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _pack(numbers: np.ndarray) -> str:
    """Return numbers as floats of 4 bytes, packed, as text.

    The first bytes of all come first, then the second: they resemble each other.
    """
    planes = numbers.astype("<f4").view(np.uint8).reshape(-1, 4).T
    packed = gzip.compress(np.ascontiguousarray(planes).tobytes(), 9, mtime=0)
    return base64.b64encode(packed).decode()
