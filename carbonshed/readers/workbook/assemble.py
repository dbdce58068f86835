"""Tables of any office, in workbooks or CSV files, for all years of a map."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, compress, product
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.accounting.closure import MAX_GAP
from carbonshed.accounting.competitive_imports import ERROR_CATEGORY
from carbonshed.dataset.contract import TONNES_PER_UNIT, Column, InputTable
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.files.grids import Books
from carbonshed.readers.files.workbooks import text_of
from carbonshed.readers.files.yaml_files import YamlFile, as_list, read_yaml
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.concordance import Concordance, read_concordance
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import Source, open_source
from carbonshed.readers.vocabulary import mass_of
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.contradictions import (
    check_lists,
    check_sheet_names,
    check_year,
)
from carbonshed.readers.workbook.gates import (
    Gates,
    check_emissions_of_users,
    check_exports,
    check_imports_of_users,
    check_known_totals,
    check_money,
    check_sums,
    check_units_of_emissions,
    name_closing,
)
from carbonshed.readers.workbook.map import Labels, Map, Plan, years_of
from carbonshed.readers.workbook.region_labels import read_plan
from carbonshed.readers.workbook.symmetric_table import (
    Parts,
    imported_products,
    read_supply_and_use,
    read_symmetric,
    take_out_imports,
)
from carbonshed.readers.workbook.unread_numbers import Unread, find_unread
from carbonshed.text import listing, suggestion

Row = dict[str, Any]

EMISSIONS_FILE = InputTable(
    "emissions",
    (
        Column("year", "year", is_optional=True, is_nullable=True),
        Column("stressor_id", "id", is_optional=True, is_nullable=True),
        Column("region_id", "id", is_optional=True, is_nullable=True),
        Column("sector_id", "id", is_optional=True, is_nullable=True),
        Column("category_id", "id", is_optional=True, is_nullable=True),
        Column("value", "number"),
        # unit of the value; default: that of the stressor
        Column("unit", "text", is_optional=True, is_nullable=True),
    ),
    ("year", "stressor_id", "region_id", "sector_id", "category_id"),
    True,
    "emissions by sector, and by category of final users themselves",
)


@dataclass
class Emissions:
    """Emissions of one year."""

    of_sectors: dict[str, np.ndarray]  # arrays of shape (R * S,) by stressor
    # arrays of shape (R, C) by stressor, of those that have any
    direct: dict[str, np.ndarray]
    # emissions that were spread, and by which shares
    decisions: list[Decision] = field(default_factory=list)


@dataclass
class EmissionsFile:
    """The rows of a file of emissions, read once for all years."""

    name: str  # of the file, for messages
    rows: list[Row]
    notes: list[Decision] = field(default_factory=list)
    concordance: Concordance | None = None

    @property
    def stressors(self) -> list[str]:
        """The ids of all stressors that the rows name."""
        ids = (row.get("stressor_id") for row in self.rows)
        return list(dict.fromkeys(filter(None, ids)))

    def of_year(
        self,
        year: int,
        many_years: bool,
        labels: dict[str, list[Row]],
        is_active: np.ndarray,
    ) -> Emissions:
        """Return the emissions of a year.

        `is_active` is an array of shape (R * S,), False for sectors without sales.
        """
        ids = {
            key: [row[key] for row in labels[table]]
            for key, table in (
                ("region_id", "regions"),
                ("sector_id", "sectors"),
                ("category_id", "categories"),
                ("stressor_id", "stressors"),
            )
        }
        units = {row["stressor_id"]: row["unit"] for row in labels["stressors"]}
        n_regions, n_sectors = len(ids["region_id"]), len(ids["sector_id"])
        amounts: dict[tuple[str, int], dict[str, float]] = {}
        direct: dict[str, np.ndarray] = {}
        for row in self.rows:
            if row.get("year") is None and many_years:
                raise self._refusal(
                    "a row has no year, and the map has several; expected a column "
                    "`year`"
                )
            if row.get("year") not in (None, year):
                continue
            stressor = self._id(row, "stressor_id", ids)
            region = ids["region_id"].index(self._id(row, "region_id", ids))
            sector, category = row.get("sector_id"), row.get("category_id")
            if (sector is None) == (category is None):
                raise self._refusal(
                    f"a row has the sector_id {sector!r} and the category_id "
                    f"{category!r}; expected exactly one of the two"
                )
            value = self._converted(row, stressor, units[stressor])
            if sector is not None:
                amounts.setdefault((stressor, region), {})[sector] = value
            else:
                column = ids["category_id"].index(self._id(row, "category_id", ids))
                block = np.zeros((n_regions, len(ids["category_id"])))
                direct.setdefault(stressor, block)[region, column] = value
        if not amounts:
            years = sorted({row["year"] for row in self.rows if row.get("year")})
            others = f"; there are {listing(years, 12)}" if years else ""
            raise self._refusal(f"no emissions of sectors in {year}{others}")
        of_sectors: dict[str, np.ndarray] = {}
        for (stressor, region), by_sector in amounts.items():
            vector = of_sectors.setdefault(stressor, np.zeros(n_regions * n_sectors))
            first = region * n_sectors
            vector[first : first + n_sectors] = self._by_sector(by_sector, ids)
        decisions = list(self.notes)
        if self.concordance is not None:
            total = sum(float(vector.sum()) for vector in of_sectors.values())
            text = (
                f"{self.name}: emissions of another classification are spread by "
                f"the shares of the concordance, {total:.10g} in all"
            )
            missed = self.concordance.uncovered()
            if missed:
                text = (
                    f"WARNING: {text}; {len(missed)} sectors of the table are in no "
                    f"row of it and get none: {listing(missed, 8, quote=True)}"
                )
            decisions.append(Decision("emissions_spread", text))
        else:
            decisions += self._gaps(of_sectors, amounts, ids, is_active)
        return Emissions(of_sectors, direct, decisions)

    def _by_sector(
        self, amounts: dict[str, float], ids: dict[str, list[str]]
    ) -> np.ndarray:
        if self.concordance is not None:
            return self.concordance.spread(amounts, self.name)
        sectors = ids["sector_id"]
        unknown = next((sector for sector in amounts if sector not in sectors), None)
        if unknown is not None:
            raise self._refusal(
                f"sector_id {unknown!r} is not one of the table"
                f"{suggestion(unknown, sectors)}; expected one of "
                f"{listing(sectors, 8)}. Sectors of another classification need "
                "--concordance"
            )
        return np.array([amounts.get(sector, 0.0) for sector in sectors])

    def _gaps(
        self,
        stressors: Iterable[str],
        amounts: dict[tuple[str, int], dict[str, float]],
        ids: dict[str, list[str]],
        is_active: np.ndarray,
    ) -> Iterator[Decision]:
        """Yield a WARNING of sectors with sales but without a row."""
        pairs = list(product(enumerate(ids["region_id"]), ids["sector_id"]))
        for stressor in stressors:
            missing = [
                f"{region} / {sector}"
                for (k, region), sector in compress(pairs, is_active)
                if sector not in amounts.get((stressor, k), {})
            ]
            if missing:
                text = (
                    f"WARNING: {self.name} has no row of {stressor!r} for "
                    f"{len(missing)} of {len(pairs)} sectors of regions, which count "
                    f"as 0: {listing(missing, 8, quote=True)}"
                )
                yield Decision("emissions_missing", text)

    def _converted(self, row: Row, stressor: str, unit: str) -> float:
        """Return the value of a row in the unit of its stressor."""
        written = row.get("unit")
        if written in (None, unit):
            return row["value"]
        mass = mass_of(written)
        if mass is None or unit not in TONNES_PER_UNIT:
            expected = "a mass, such as kt or Gg" if unit in TONNES_PER_UNIT else unit
            raise self._refusal(
                f"the unit of a row of {stressor!r} is {written!r}; expected {expected}"
            )
        return row["value"] * mass[1] * TONNES_PER_UNIT[mass[0]] / TONNES_PER_UNIT[unit]

    def _id(self, row: Row, key: str, ids: dict[str, list[str]]) -> str:
        """Return an id of a row; where there is one only, it need not say it."""
        value = row.get(key)
        if value is None and len(ids[key]) == 1:
            return ids[key][0]
        if value not in ids[key]:
            state = "is missing" if value is None else repr(value)
            raise self._refusal(
                f"{key} {state}{suggestion(value, ids[key])}; expected one of "
                f"{listing(ids[key], 8)}"
            )
        return value

    def _refusal(self, text: str) -> CarbonshedError:
        return CarbonshedError(f"{self.name}: {text}")


def read_emissions(path: Path, concordance: Concordance | None = None) -> EmissionsFile:
    """Read a file of emissions; a concordance spreads them over the table's sectors."""
    source = open_source(path, EMISSIONS_FILE)
    _refuse_no_emitters(source)
    rows = read_rows(source, Dimensions())
    notes = [
        Decision("emissions_file", text) for text in (*source.notes, *source.unused)
    ]
    return EmissionsFile(path.name, rows, notes, concordance)


def _refuse_no_emitters(source: Source) -> None:
    """Refuse a file without the column that says whose emissions a row has."""
    extra = source.extra_columns
    if source.has("sector_id") or source.has("category_id"):
        return
    found = f"; found {listing(extra, 12, quote=True)}" if extra else ""
    raise CarbonshedError(
        f"{source.file}: no column `sector_id`{found}; expected it, with sectors of "
        "the table, or with those of another classification and --concordance FILE; "
        "rows of final users have `category_id`"
    )


def read_excel(
    source: Path, options: IngestOptions, progress: Progress
) -> list[MatrixTable]:
    """Read the tables of all years of a map from a workbook, or a folder of them."""
    return _read_years(source, options, progress, is_csv=False)


def read_csv_matrix(
    source: Path, options: IngestOptions, progress: Progress
) -> list[MatrixTable]:
    """Read CSV files likewise: one, or all of a folder, each a sheet by its stem."""
    return _read_years(source, options, progress, is_csv=True)


def _read_years(
    source: Path, options: IngestOptions, progress: Progress, *, is_csv: bool
) -> list[MatrixTable]:
    if options.map is None:
        raise CarbonshedError("a map is needed: --map FILE")
    file = read_yaml(options.map)
    file.check_keys(Map)
    years = years_of(file, options.year)
    opened: list[Books] = []

    def open_books(plan: Plan) -> Books:
        if not opened:
            style = plan.map.csv if is_csv else None
            opened.append(Books(source, style, plan.map.text_numbers))
        return opened[0]

    plans = [read_plan(file, year, options, open_books) for year in years]
    if len(years) > 1 and options.indicators is None:
        _refuse_one_population(file, plans[0].labels if options.regions else None)
    emissions = _emissions_file(options, plans[0], file)
    books = open_books(plans[0])
    tables = []
    for number, plan in enumerate(plans):
        progress(f"reading {plan.year}", number / len(plans))
        tables.append(Year(plan, books, emissions, len(plans) > 1).table())
    return tables


def _refuse_one_population(file: YamlFile, of_file: Labels | None) -> None:
    """Refuse people and GDP that would be the same in all years.

    `of_file` are the labels, if the regions are in a file.
    """
    rows = [r for r in as_list(file.content.get("regions")) if isinstance(r, dict)]
    for key in ("population", "gdp"):
        numbers = [row.get(key) for row in rows]
        numbers += getattr(of_file, key, ())
        if any(n not in ("", None) and not isinstance(n, dict) for n in numbers):
            raise file.refusal(
                f"`{key}` of a region is one number for several years; expected one "
                f"for each, {key}: {{2011: ..., 2012: ...}}, or a file as --indicators"
            )


def _emissions_file(
    options: IngestOptions, plan: Plan, file: YamlFile
) -> EmissionsFile | None:
    if options.emissions is None:
        if options.concordance is not None:
            raise CarbonshedError("--concordance goes with --emissions")
        if not plan.map.blocks.emissions:
            raise file.refuse(
                ("blocks", "emissions"),
                None,
                "an address for each stressor, or a file as --emissions",
            )
        return None
    concordance = None
    if options.concordance is not None:
        concordance = read_concordance(
            options.concordance, [row["sector_id"] for row in plan.sectors]
        )
    return read_emissions(options.emissions, concordance)


@dataclass
class Year:
    """A reader of one year of a map."""

    plan: Plan  # the map
    books: Books  # the files
    # emissions of all years, if they are in a file of their own
    file: EmissionsFile | None = None
    is_one_of_many: bool = False  # the map has several years
    # printed sums by name, arrays of shape (n,), once the table is read
    sums: dict[str, np.ndarray] = field(default_factory=dict)

    def table(self) -> MatrixTable:
        """Return the table of the year."""
        plan = self.plan
        reader = self.reader = BlockReader(
            books=self.books,
            sheets=plan.labels.sheets,
            marks=plan.map.marks,
            others=_texts_elsewhere(plan),
            allow_missing_pairs="missing_pairs" in plan.map.accept,
            full=plan.map.full,
            gaps=frozenset(
                f"check.sums.{name}"
                for name, rule in plan.map.check.sums.items()
                if rule.gaps
            ),
            groups=tuple(c["category_group"] for c in plan.labels.rows["categories"])[
                : plan.labels.categories.n_inner
            ],
        )
        self.labels = [
            f"{_shown(region)} / {sector['sector_id']}"
            for region in plan.labels.rows["regions"]
            for sector in plan.sectors
        ]
        reader.decisions += check_sheet_names(
            plan.labels.sheets, plan.labels.sectors, plan.file
        )
        if plan.map.is_supply_and_use:
            printed = read_supply_and_use(plan, reader)
        else:
            printed = read_symmetric(plan, reader)
        emissions = self._emissions(printed)
        reader.decisions += check_year(plan, reader.used, reader.books)
        check_lists(
            self.books.other_sheets({used.sheet for used in reader.used}),
            plan.labels.sectors,
            plan.labels.rows["sectors"],
        )
        published = self._published()
        self.sums, checked = check_sums(plan, reader, printed, self.labels)
        reader.decisions += checked
        # labels of sectors end what stands beside a block
        unread = find_unread(
            reader.used,
            plan.labels.sectors.inner(is_across=False),
            *(plan.layout.blocks[name].key for name in (plan.main, "final_demand")),
        )
        gates = self._gates(printed, published, unread)
        gates += check_exports(plan, reader, printed)
        gates += check_imports_of_users(plan, reader, printed, unread)
        gates += check_emissions_of_users(unread, emissions.direct)
        gates += check_units_of_emissions(plan, reader.used)
        domestic = take_out_imports(printed, plan, self.labels, reader.where)
        return self._assemble(domestic, emissions, gates)

    def _gates(
        self, parts: Parts, published: dict[str, np.ndarray], unread: Unread
    ) -> list[Decision]:
        """Compare the table with published totals."""
        plan, reader = self.plan, self.reader
        own_output, added = parts.output, parts.all_value_added
        if own_output is None:
            parts = replace(parts, output=published.get("output"))
        gates = Gates(plan.map.accept, reader.where, self.labels)
        decisions = gates.balance(parts, unread)
        closing, lines = name_closing(parts, unread, reader.where)
        decisions += [*closing, *unread.notes(lines)]
        imports = parts.imports_by_buyer
        if plan.map.is_total:
            imports = parts.imports_by_product
        for name, own in (
            ("output", own_output),
            ("imports", imports),
            # taxes that the reader computes are in no printed value added
            ("value_added", parts.value_added_of(plan.layout.named["value_added"])),
        ):
            if name in published and own is not None:
                decisions.append(gates.published(name, own, published[name]))
        if "gdp" not in plan.map.accept:
            money = check_money(plan, added, reader.where)
            decisions += [money] if money else []
        return decisions

    def _published(self) -> dict[str, np.ndarray]:
        plan = self.plan
        if plan.layout.checks and plan.map.is_supply_and_use and plan.map.model == "B":
            raise CarbonshedError(
                f"{plan.file}: `check` with `model: B`; published totals are those of "
                "industries, and this table is of products"
            )
        if plan.map.is_supply_and_use and "imports" in plan.layout.checks:
            raise CarbonshedError(
                f"{plan.file}: `check.imports` does not go with supply and use: their "
                "imports are compared product by product"
            )
        names = plan.labels.sectors
        return {
            key: self.reader.vector(terms, names)
            for key, terms in plan.layout.checks.items()
        }

    def _emissions(self, parts: Parts) -> Emissions:
        """Return emissions of the sheets and of the file of their own."""
        plan, reader = self.plan, self.reader
        producers, users = plan.labels.sectors, plan.labels.categories
        shape = (len(users.regions), users.n_inner)
        of_sectors = {
            key: reader.vector(terms, producers)
            for key, terms in plan.layout.named["emissions"].items()
        }
        direct = {
            key: reader.vector(terms, users).reshape(shape)
            for key, terms in plan.layout.named["direct_emissions"].items()
        }
        if self.file is None:
            return Emissions(of_sectors, direct)
        rows = plan.labels.rows
        labels = {
            **rows,
            "sectors": plan.sectors,
            "categories": rows["categories"][: users.n_inner],
        }
        sales = np.hstack([parts.transactions, parts.final_demand])
        other = self.file.of_year(
            plan.year, self.is_one_of_many, labels, sales.any(axis=1)
        )
        twice = set(of_sectors) & set(other.of_sectors)
        if twice:
            raise CarbonshedError(
                f"{plan.file}: emissions of {listing(sorted(twice))} are in the map "
                f"and in {self.file.name}; expected them in one of the two"
            )
        return Emissions(
            {**of_sectors, **other.of_sectors},
            {**direct, **other.direct},
            other.decisions,
        )

    def _assemble(
        self, parts: Parts, emissions: Emissions, gates: list[Decision]
    ) -> MatrixTable:
        plan, reader = self.plan, self.reader
        rows = plan.labels.rows
        decisions = [*reader.decisions, *parts.decisions, *gates, *emissions.decisions]
        if reader.placed_by_address:
            text = f"placed by address: {listing(reader.placed_by_address)}"
            decisions.append(Decision("placed_by_address", text))
        table = MatrixTable(
            year=plan.year,
            regions=rows["regions"],
            sectors=plan.sectors,
            categories=rows["categories"],
            stressors=rows["stressors"],
            population=plan.labels.population,
            gdp=plan.labels.gdp,
            transactions=parts.transactions,
            final_demand=parts.final_demand,
            descriptor=plan.descriptor,
            exports=parts.exports,
            imports_by_sector=parts.imports_by_buyer,
            imports_by_category=parts.imports_by_user,
            imported_products=imported_products(parts, len(plan.sectors)),
            value_added=parts.value_added,
            output=parts.output,
            emissions=emissions.of_sectors,
            direct_emissions=emissions.direct,
            decisions=decisions,
        )
        if parts.error is not None:
            _add_error(table, parts.error, self.labels)
        table.decisions += check_known_totals(plan, table, reader.where)
        return table


def _shown(region: Row) -> str:
    """Return the id of a region, or its name if the id is a number."""
    code = region["region_id"]
    return code if any(map(str.isalpha, code)) else region["region_name"]


def _texts_elsewhere(plan: Plan) -> frozenset[str]:
    """Return the labels of lines and users that are no part of the transactions."""
    texts = {
        text_of(text)
        for terms in (
            *plan.layout.vectors.values(),
            *plan.layout.checks.values(),
            *plan.layout.sums.values(),
            *chain.from_iterable(map(dict.values, plan.layout.named.values())),
        )
        for term in terms
        for pair in term.texts
        for text in pair
        if text
    }
    for member in plan.labels.categories.members:
        texts |= member.own | member.shared | member.columns
    return frozenset(texts)


def _add_error(table: MatrixTable, error: np.ndarray, labels: list[str]) -> None:
    """Make the discrepancy of each row a final demand category of its region."""
    n, regions = len(table.transactions), len(table.regions)
    categories = len(table.categories) - 1

    def widened(block: np.ndarray) -> np.ndarray:
        shape = (-1, regions, categories)
        return np.pad(block.reshape(shape), ((0, 0), (0, 0), (0, 1)))

    wide = widened(table.final_demand)
    wide[np.arange(n), np.arange(n) // len(table.sectors), categories] = error
    table.final_demand = wide.reshape(n, -1)

    if table.imports_by_category is not None:
        table.imports_by_category = widened(table.imports_by_category).ravel()
    if table.imported_products is not None:
        mix = table.imported_products
        users = widened(mix[:, n:]).reshape(len(mix), -1)
        table.imported_products = np.hstack([mix[:, :n], users])
    table.direct_emissions = {
        key: widened(block).reshape(regions, categories + 1)
        for key, block in table.direct_emissions.items()
    }
    text = (
        f"{ERROR_CATEGORY['category_name'].lower()} of rows, {error.sum():.10g} in "
        f"all and {np.abs(error).sum():.10g} without its signs, is the final "
        f"demand category {ERROR_CATEGORY['category_id']} of group "
        f"{ERROR_CATEGORY['category_group']}"
    )
    output = np.full(n, np.inf) if table.output is None else table.output
    large = np.flatnonzero(np.abs(error) > MAX_GAP * np.abs(output))
    if large.size:
        shown = (f"{labels[k]} ({error[k] / output[k]:.1%})" for k in large)
        text = (
            f"WARNING: {text}; above {MAX_GAP:.0%} of output in {large.size} sectors: "
            f"{listing(shown, 5)}"
        )
    table.decisions.append(Decision("statistical_discrepancy", text))
