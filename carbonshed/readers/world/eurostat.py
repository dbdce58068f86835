r"""Eurostat's bulk files beside FIGARO: air emission accounts, and footprints.

A bulk file is tab-separated. The first cell of its header names the dimensions, joined
by commas and with `\TIME_PERIOD` at the end; years are the other columns. A value may
have letters as flags behind it, and `:` is not available.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import EmissionsFile
from carbonshed.readers.workbook.map import Plan
from carbonshed.text import listing

Row = dict[str, Any]

ACCOUNTS = "env_ac_ainah_r2"
FOOTPRINTS = {"CO2": "env_ac_co2fp", "GHG": "env_ac_ghgfp"}
REST_OF_WORLD = "WRL_REST"
HOUSEHOLDS = "HH"  # what they burn themselves

_TIME = re.compile(r"\\TIME(_PERIOD)?", re.IGNORECASE)
_VALUE = re.compile(r"(?P<value>:|-?\d+(\.\d*)?([eE][+-]?\d+)?)\s*@?[A-Za-z]*")
_AREAS = {"EL": "GR", "UK": "GB", REST_OF_WORLD: "FIGW1"}
# sections of NACE that are one industry of FIGARO, which names the division
_INDUSTRIES = {"D": "D35", "O": "O84", "P": "P85", "L68": "L"}
_EXTENT = (
    "emissions of residents, at home or abroad (residence principle), with those of"
    " households themselves"
)
_GAP = 1e-3  # of the printed total
_UNITS = {"THS_T": "kt", "T": "t"}  # the better one first: datasets are in kt


@dataclass(frozen=True)
class BulkFile:
    """A bulk file: what it holds is read anew by each question."""

    path: Path

    def values(
        self, year: int, wanted: Mapping[str, tuple[str, ...]]
    ) -> Iterator[tuple[Row, float | None]]:
        """Yield the codes of each line and its value in a year, None for `:`.

        `wanted` has the codes to yield by dimension; lines with another are left out.
        """
        opened = gzip.open if self.path.suffix.lower() == ".gz" else open
        try:
            with opened(self.path, "rt", encoding="utf-8-sig") as stream:
                names, column = self._header(stream.readline(), year, wanted)
                for number, line in enumerate(stream, start=2):
                    first, _, rest = line.partition("\t")
                    own = first.strip().split(",")
                    codes = dict(zip(names, own, strict=False))
                    if any(codes.get(k) not in some for k, some in wanted.items()):
                        continue
                    if len(own) != len(names):
                        raise self._refusal(
                            f"line {number} begins with {first.strip()!r}; expected "
                            f"{len(names)} codes, {', '.join(names)}"
                        )
                    cells = rest.rstrip("\r\n").split("\t")
                    text = cells[column].strip() if column < len(cells) else ""
                    match = _VALUE.fullmatch(text)
                    if match is None:
                        raise self._refusal(
                            f"line {number}, {year}: {text!r}; expected a number or "
                            "`:`, either with letters as flags. Was the file cut off?"
                        )
                    value = match["value"]
                    yield codes, None if value == ":" else float(value)
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise self._refusal(
                f"cannot be read ({error}); download it again"
            ) from None

    def _header(
        self, line: str, year: int, wanted: Mapping[str, tuple[str, ...]]
    ) -> tuple[list[str], int]:
        """Return the names of the dimensions, and which column of years is wanted."""
        first, *years = [cell.strip() for cell in line.split("\t")]
        names = _TIME.sub("", first).split(",")
        missing = [name for name in wanted if name not in names]
        if not _TIME.search(first) or missing:
            raise self._refusal(
                f"the first cell is {first[:80]!r}; expected the dimensions of a bulk "
                f"file, among them {', '.join(wanted)}, with \\TIME_PERIOD at the end"
            )
        if str(year) not in years:
            numbers = [text for text in years if text.isdigit()]
            raise self._refusal(f"no year {year}; there are {listing(sorted(numbers))}")
        return names, years.index(str(year))

    def _refusal(self, text: str) -> CarbonshedError:
        return CarbonshedError(f"{self.path.name}: {text}")


def find_bulk_file(folder: Path, dataset: str) -> BulkFile | None:
    """Return the bulk file of a dataset in a folder, None if there is none."""
    name = re.compile(rf"(estat_)?{dataset}(_\w+)?\.tsv(\.gz)?", re.IGNORECASE)
    files = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        raise CarbonshedError(f"{folder}: {names}; expected one file of {dataset}")
    return BulkFile(files[0]) if files else None


def area_of(code: str) -> str:
    """Return FIGARO's code of an area of Eurostat's."""
    return _AREAS.get(code, code)


def industry_of(code: str) -> str:
    """Return FIGARO's code of an industry of the accounts.

    Examples
    --------
    >>> industry_of("C10-C12"), industry_of("C31_C32"), industry_of("D")
    ('C10T12', 'C31_32', 'D35')
    """
    plain = re.sub(r"-[A-Z]", "T", code)
    return _INDUSTRIES.get(code, re.sub(r"_[A-Z](?=\d)", "_", plain))


@dataclass
class AreaEmissions:
    """Emissions of one pollutant in an area."""

    unit: str
    by_industry: dict[str, float]  # what is available, by FIGARO's codes
    households: float | None
    total: float | None  # of all industries, as printed
    with_households: float | None  # industries and households, as printed

    @property
    def whole(self) -> float | None:
        """Emissions with households', None where neither they nor both parts are."""
        if self.with_households is not None:
            return self.with_households
        if self.total is None or self.households is None:
            return None
        return self.total + self.households

    @property
    def missing(self) -> float:
        """Return the part of the printed total that no industry has."""
        if not self.total:
            return 0.0
        return 1 - sum(self.by_industry.values()) / self.total


def emissions_in_accounts(
    file: BulkFile, pollutant: str, year: int, industries: list[str]
) -> dict[str, AreaEmissions]:
    """Return the emissions of residents, by FIGARO's code of their area."""
    wanted = {"airpol": (pollutant,), "unit": tuple(_UNITS)}
    return _areas(file.values(year, wanted), "geo", industries)


def emissions_in_footprints(
    file: BulkFile, year: int, industries: list[str], by: str = "c_orig"
) -> dict[str, AreaEmissions]:
    """Return the emissions that arise in each area, for demand anywhere.

    By ``c_dest`` it is those for demand of each area, wherever they arise.
    """
    other = "c_dest" if by == "c_orig" else "c_orig"
    wanted = {other: ("WORLD",), "na_item": ("TOTAL",), "unit": tuple(_UNITS)}
    return _areas(file.values(year, wanted), by, industries)


def _areas(
    values: Iterator[tuple[Row, float | None]], dimension: str, industries: list[str]
) -> dict[str, AreaEmissions]:
    printed: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for codes, value in values:
        if value is not None:
            area = printed[area_of(codes[dimension]), codes["unit"]]
            area[codes["nace_r2"]] = value
    found: dict[str, AreaEmissions] = {}
    for unit, name in _UNITS.items():
        for (area, own_unit), amounts in printed.items():
            # a code of FIGARO's own goes before the section that it is alone in
            ordered = sorted(amounts, key=industries.__contains__)
            named = {industry_of(code): amounts[code] for code in ordered}
            by_industry = {code: named[code] for code in industries if code in named}
            is_any = bool(by_industry) or not {"TOTAL", "TOTAL_HH"}.isdisjoint(amounts)
            if own_unit == unit and is_any and area not in found:
                printed_sums = map(amounts.get, (HOUSEHOLDS, "TOTAL", "TOTAL_HH"))
                found[area] = AreaEmissions(name, by_industry, *printed_sums)
    return found


class EurostatFiles:
    """The emissions of a folder of FIGARO, for the areas that a user's file lacks."""

    # the files, for the refusal of a table without any
    expected = (
        f"Eurostat's bulk file {ACCOUNTS}.tsv beside it, and {FOOTPRINTS['CO2']}.tsv "
        "for areas without accounts"
    )

    def __init__(self, folder: Path, options: IngestOptions, where: str) -> None:
        self._where, self._year, self._folder = where, options.year, folder
        self._may_lack_areas = "co2-total" in options.accept
        self._unit = options.emissions_unit or "kt"
        self._chosen = [text.upper() for text in options.stressors]
        self._ids: dict[str, str] = {}
        # accounts and footprints by pollutant, None where the folder has none
        self._files: dict[str, tuple[BulkFile | None, BulkFile | None]] = {}

    def stressors(self, own: list[str]) -> list[str]:
        """Return the ids of what is taken, for a user's file with others of its own.

        Without a choice it is CO2, or those pollutants that the user's file names.
        """
        self._ids = {key.upper(): key for key in own}
        chosen = self._chosen or list(self._ids) or ["CO2"]
        unknown = set(self._chosen).difference(FOOTPRINTS)
        if unknown:
            raise CarbonshedError(
                f"{self._where}: --stressor {listing(sorted(unknown))}: expected "
                f"{' or '.join(FOOTPRINTS)}; others are taken from --emissions FILE"
            )
        accounts = find_bulk_file(self._folder, ACCOUNTS)
        for pollutant in filter(FOOTPRINTS.__contains__, chosen):
            files = accounts, find_bulk_file(self._folder, FOOTPRINTS[pollutant])
            if any(files):
                self._files[pollutant] = files
        return list(map(self._id_of, self._files))

    def _id_of(self, pollutant: str) -> str:
        """Return the id of a pollutant as the user's file spells it."""
        return self._ids.get(pollutant, pollutant.lower())

    def add_to(self, own: EmissionsFile, plan: Plan) -> EmissionsFile:
        """Return the rows of a user's file, and those of areas that it lacks."""
        rows = [row | {"unit": row.get("unit") or self._unit} for row in own.rows]
        found = EmissionsFile(own.name, rows, list(own.notes), own.concordance)
        for pollutant, files in self._files.items():
            for file in filter(None, files):
                found.name = found.name or file.path.name
                if own.concordance is not None:
                    text = f"no emissions from {file.path.name}: --concordance is given"
                    found.notes.append(Decision("not_used", text))
            if own.concordance is None:
                self._add(found, pollutant, plan)
        return found

    def add_official(self, table: MatrixTable) -> None:
        """Add to a table the footprints that are published of its regions."""
        regions = [row["region_id"] for row in table.regions]
        industries = [row["sector_id"] for row in table.sectors]
        table.official_footprints = []
        for pollutant, (_, file) in self._files.items():
            if file is None:
                continue
            areas = emissions_in_footprints(file, self._year, industries, "c_dest")
            _drop_larger_rest(areas, regions)
            own = {r: areas[area_of(r)] for r in regions if area_of(r) in areas}
            # what is not above zero has no relative difference
            published = {
                r: area for r, area in own.items() if area.whole and area.whole > 0
            }
            missing = [region for region in regions if region not in published]
            table.official_footprints += [
                self._line(region, self._id_of(pollutant), area.unit)
                | {"published_footprint": area.whole, "extent": _EXTENT}
                | {"leaves_out": "land use", "source": f"Eurostat, {file.path.name}"}
                for region, area in published.items()
            ]
            text = f"{file.path.name}: official footprints of {len(published)} of"
            text += f" {len(regions)} areas"
            text += f", not of {listing(missing, 12)}" if missing else ""
            table.add_decision("official_footprints", text)

    def _add(self, found: EmissionsFile, pollutant: str, plan: Plan) -> None:
        """Add the rows of a pollutant for the areas that have none."""
        stressor = self._id_of(pollutant)
        regions = [row["region_id"] for row in plan.labels.rows["regions"]]
        covered = {
            row.get("region_id")
            for row in found.rows
            if row.get("stressor_id") in {None, stressor}
            and row.get("year") in {None, self._year}
        }
        left = [region for region in regions if region not in covered]
        industries = [row["sector_id"] for row in plan.sectors]
        (household, *_) = (
            row["category_id"]
            for row in plan.labels.rows["categories"]
            if row["category_group"] == "household"
        )
        if not left:
            return
        sources, why = self._sources(pollutant, regions, industries)
        for file, areas in sources.items():
            own = {
                region: area
                for region in left
                if (area := areas.get(area_of(region))) and area.by_industry
            }
            left = [region for region in left if region not in own]
            for region, area in own.items():
                line = self._line(region, stressor, area.unit)
                found.rows += [
                    line | {"sector_id": code, "value": value}
                    for code, value in area.by_industry.items()
                ]
                if area.households is not None:
                    amount = {"category_id": household, "value": area.households}
                    found.rows.append(line | amount)
            found.notes += _notes(file.path.name, stressor, own)
        if left:
            names = ", ".join(file.path.name for file in sources)
            text = (
                f"{names}: no emissions of {stressor} in {self._year} for "
                f"{len(left)} of {len(regions)} areas: {listing(left, 8)}{why}"
            )
            if not self._may_lack_areas:
                raise CarbonshedError(
                    f"{self._where}: {text}; expected them in {FOOTPRINTS[pollutant]}"
                    ".tsv beside the table, or in --emissions FILE with the columns "
                    "region_id, sector_id, value. If footprints are to hold the "
                    "emissions of the other areas only, say --accept co2-total"
                )
            found.notes.append(
                Decision("emissions_missing", f"WARNING: {text}; they count as 0")
            )
            found.rows += [
                self._line(region, stressor) | {"sector_id": code, "value": 0.0}
                for region in left
                for code in industries
            ]

    def _sources(
        self, pollutant: str, regions: list[str], industries: list[str]
    ) -> tuple[dict[BulkFile, dict[str, AreaEmissions]], str]:
        """Return the areas in each file, accounts first, and why one is not taken."""
        accounts, footprints = self._files[pollutant]
        sources: dict[BulkFile, dict[str, AreaEmissions]] = {}
        why = ""
        if accounts:
            sources[accounts] = emissions_in_accounts(
                accounts, pollutant, self._year, industries
            )
        if footprints:
            areas = emissions_in_footprints(footprints, self._year, industries)
            if within := _drop_larger_rest(areas, regions):
                why = (
                    f"; the rest of the world in {footprints.path.name} is not taken, "
                    f"because it has {listing(within, 8)} in it"
                )
            sources[footprints] = areas
        return sources, why

    def _line(self, region: str, stressor: str, unit: str = "kt") -> Row:
        """Return the part of a row that says whose emissions it has, and of what."""
        line = {"year": self._year, "stressor_id": stressor}
        return line | {"region_id": region, "unit": unit}


def _drop_larger_rest(areas: dict[str, AreaEmissions], regions: list[str]) -> list[str]:
    """Drop a rest of the world that has regions in it; return these."""
    within = [region for region in regions if area_of(region) not in areas]
    is_larger = within and areas.pop(area_of(REST_OF_WORLD), None) is not None
    return within if is_larger else []


def _notes(
    file: str, stressor: str, areas: Mapping[str, AreaEmissions]
) -> Iterator[Decision]:
    """Yield which areas a file gave, and a WARNING of what is not available in it."""
    if not areas:
        return
    text = f"{stressor} of {len(areas)} areas, by residents, from {file}"
    yield Decision("stressor_source", f"{text}: {listing(areas, 60)}")
    gaps = [
        f"{region} ({area.missing:.2%})"
        for region, area in areas.items()
        if abs(area.missing) > _GAP
    ]
    if gaps:
        text = f"WARNING: {file}: {stressor} of industries that are not available, "
        text += f"which count as 0, by area and as a share of it: {listing(gaps, 12)}"
        yield Decision("emissions_missing", text)
    bare = [region for region, area in areas.items() if area.households is None]
    if bare:
        text = f"WARNING: {file}: no {stressor} of households in {listing(bare, 12)}: "
        yield Decision("emissions_missing", f"{text}direct emissions there count as 0")
