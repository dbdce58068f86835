"""From rows of the files to the arrays of one year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from carbonshed.compile.balance import KnownFlow, KnownShares
from carbonshed.compile.compiled_year import EmissionFigures, Statistics
from carbonshed.compile.parent import Parent
from carbonshed.compile.shares import (
    Activity,
    complete_distances,
    great_circle,
    parent_slices,
)
from carbonshed.compile.statistics_folder import (
    MAX_EXCESS,
    MEASURES,
    Row,
    StatisticsFolder,
    default_trade_parameters,
)
from carbonshed.dataset.contract import UNRANKED_REGION_TYPES
from carbonshed.dataset.fields import explain_choice, without_people
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, suggestion

# GDP per person of two regions of one parent region may be as far apart as this
UNLIKE = 1e6
TRADE_PARAMETERS = ("distance_decay", "own_region_delta")
NO_FACTORS: Mapping[str, float] = {}
# shares in four digits may miss their sum by so much
_ROUNDED = 2e-4


class Tables:
    """The rows of a folder as arrays; sectors and categories are the parent's.

    `factors` multiply distance_decay and own_region_delta: a variant of the table. Rows
    that contradict each other, or name unknown labels, are refused.
    """

    def __init__(
        self,
        folder: StatisticsFolder,
        parent: Parent,
        factors: Mapping[str, float] = NO_FACTORS,
    ) -> None:
        self.folder = folder
        self.parent = parent
        self.regions = folder.rows["regions"]
        self.groups = np.array(folder.parents)
        self._positions = {
            "region_id": _positions(row["region_id"] for row in self.regions),
            "sector_id": _positions(parent.sectors),
            "category_id": _positions(parent.categories),
            "label_id": _positions(row["label_id"] for row in folder.rows["labels"]),
        }
        self.label_ids = list(self._positions["label_id"])
        self.years = self._years()
        # an unknown region is refused in a year that is not used, too
        for number, row in enumerate(folder.rows["known_flows"], start=1):
            for column in ("origin_region_id", "destination_region_id"):
                self._regions_of(number, row, column)
        self._check_known_shares()
        self._labels = self._label_sectors()
        self._check_activity()
        self.distance = self._distance()
        self.distance_decay, self.own_region_delta = (
            values * factors.get(name, 1.0)
            for name, values in zip(
                TRADE_PARAMETERS, self._trade_parameters(), strict=True
            )
        )
        self.unlocated = [
            row["region_id"]
            for row in self.regions
            if row["longitude"] is None or row["latitude"] is None
        ]

    def _years(self) -> list[int]:
        rows = self.folder.rows["region_years"]
        file = self.folder.file("region_years")
        if not rows:
            raise CarbonshedError(f"{file}: no rows; expected the regions' people")
        years = sorted({row["year"] for row in rows})
        parent_years = self.parent.dataset.years
        for year in years:
            if year not in parent_years:
                raise CarbonshedError(
                    f"{file}: the year {year} is not in the parent "
                    f"{self.parent.dataset.name}; expected one of "
                    f"{listing(parent_years)}"
                )
        return years

    def _label_sectors(self) -> np.ndarray:
        """Return the sectors that each label covers, shape (L, S)."""
        labels = self._positions["label_id"]
        is_listed = np.zeros((len(labels), len(self.parent.sectors)), dtype=bool)
        for row in self.folder.rows["labels"]:
            sector = self._positions["sector_id"][row["sector_id"]]
            is_listed[labels[row["label_id"]], sector] = True
        return is_listed

    def _check_activity(self) -> None:
        """Refuse rows of both or neither a sector and a label, and unknown labels."""
        file = self.folder.file("activity")
        for number, row in enumerate(self.folder.rows["activity"], start=1):
            if reason := explain_choice(row, "sector_id", "label_id"):
                raise CarbonshedError(
                    f"{file}: data row {number}: {reason} (region_id "
                    f"{row['region_id']!r})"
                )
            label, labels = row["label_id"], self._positions["label_id"]
            if label is not None and label not in labels:
                raise CarbonshedError(
                    f"{file}: data row {number}: `label_id` has the unknown id "
                    f"{label!r}{suggestion(label, labels)}; expected a label of "
                    f"{self.folder.file('labels')}"
                )

    def _refuse_overlaps(self, year: int, activity: Activity) -> None:
        """Refuse labels that share a sector, and figures inside a label."""
        used = (
            activity.label_output
            + activity.label_value_added
            + activity.label_employment
        )
        figures = activity.output + activity.value_added
        names = self.label_ids
        for group in np.unique(self.groups):
            rows = self.groups == group
            if rows.sum() == 1:
                continue
            labels = np.flatnonzero(used[rows].sum(axis=0) > 0)
            covered = self._labels[labels].sum(axis=0)
            region = self.parent.regions[group]
            if (covered > 1).any():
                sector = int(np.argmax(covered > 1))
                both = [names[k] for k in labels if self._labels[k, sector]]
                raise CarbonshedError(
                    f"{self.folder.file('labels')}: labels "
                    f"{listing(both, quote=True, separator=' and ')} share the sector "
                    f"{self.parent.sectors[sector]!r} in {year}, parent region "
                    f"{region!r}; expected labels without a common sector"
                )
            inside = np.flatnonzero((covered > 0) & (figures[rows].sum(axis=0) > 0))
            if inside.size:
                sector = int(inside[0])
                label = next(names[k] for k in labels if self._labels[k, sector])
                raise CarbonshedError(
                    f"{self.folder.file('activity')}: sector "
                    f"{self.parent.sectors[sector]!r} has figures of its own and is in "
                    f"the label {label!r} ({year}, parent region {region!r}); expected "
                    "one of the two. Take the sector out of the label"
                )

    def _distance(self) -> np.ndarray:
        longitude, latitude = (
            np.array(
                [np.nan if row[name] is None else row[name] for row in self.regions]
            )
            for name in ("longitude", "latitude")
        )
        distances = great_circle(longitude, latitude)
        positions = self._positions["region_id"]
        for row in self.folder.rows["distances"]:
            pair = (
                positions[row["origin_region_id"]],
                positions[row["destination_region_id"]],
            )
            distances[pair] = row["distance"]
        return complete_distances(distances)

    def _trade_parameters(self) -> tuple[np.ndarray, np.ndarray]:
        parameters = np.array(default_trade_parameters(self.parent.sector_rows))
        for row in self.folder.rows["trade_parameters"]:
            sector = self._positions["sector_id"][row["sector_id"]]
            for column, name in enumerate(TRADE_PARAMETERS):
                if row[name] is not None:
                    parameters[sector, column] = row[name]
        return parameters[:, 0], parameters[:, 1]

    def people(self, year: int) -> tuple[list[int | None], list[float | None]]:
        """Return population and GDP of all regions, None where not known."""
        file = self.folder.file("region_years")
        by_region = {
            row["region_id"]: row
            for row in self.folder.rows["region_years"]
            if row["year"] == year
        }
        if wrong := sorted(self.folder.whole.intersection(by_region)):
            raise CarbonshedError(
                f"{file}: region {wrong[0]!r} stays whole, its people and GDP are the "
                "parent's; expected rows of the regions of regions.csv only"
            )
        by_region |= {
            region: row
            for region, row in self.parent.people(year).items()
            if region in self.folder.whole
        }
        for row in self.regions:
            region = row["region_id"]
            figures = by_region.setdefault(region, {"population": None, "gdp": None})
            is_ranked = row["region_type"] not in UNRANKED_REGION_TYPES
            if is_ranked and not figures["population"]:
                state = "it is empty or missing"
                if figures["population"] == 0:
                    state = "it is 0"
                raise CarbonshedError(f"{file}: {without_people(year, region, state)}")
        rows = [by_region[row["region_id"]] for row in self.regions]
        self._refuse_unlike_incomes(year, rows)
        return [row["population"] for row in rows], [row["gdp"] for row in rows]

    def _refuse_unlike_incomes(self, year: int, rows: list[Row]) -> None:
        """Refuse GDPs per person too far apart for one economy: a wrong unit."""
        heads = np.array([(row["gdp"] or 0) / (row["population"] or 1) for row in rows])
        heads[[not row["population"] for row in rows]] = 0.0
        for first, last in parent_slices(self.groups):
            members = heads[first:last]
            if not (members > 0).any():
                continue
            usual = float(np.median(members[members > 0]))
            far = (members > usual * UNLIKE) | (
                (members > 0) & (members < usual / UNLIKE)
            )
            if far.any():
                region = first + int(np.argmax(far))
                raise CarbonshedError(
                    f"{self.folder.file('region_years')}: gdp of region "
                    f"{self.regions[region]['region_id']!r} in {year} is "
                    f"{rows[region]['gdp']:g}, {heads[region]:.3g} a person, where the "
                    f"median of the regions beside it is {usual:.3g}; expected gdp of "
                    "all regions in one unit"
                )

    def year(self, year: int) -> Statistics:
        """Return the statistics of one year; refuse labels that overlap."""
        population, gdp = (
            np.array([np.nan if value is None else float(value) for value in values])
            for values in self.people(year)
        )
        figures = {
            (measure, key): self._array(
                "activity",
                year,
                ("region_id", key),
                measure=measure,
            )
            for measure in MEASURES
            for key in ("sector_id", "label_id")
        }
        activity = Activity(
            population=population,
            gdp=gdp,
            labels=self._labels,
            **{measure: figures[measure, "sector_id"] for measure in MEASURES},
            **{
                f"label_{measure}": figures[measure, "label_id"] for measure in MEASURES
            },
        )
        self._refuse_overlaps(year, activity)
        return Statistics(
            parent=self.groups,
            activity=activity,
            demand_totals=self._array(
                "demand_totals", year, ("region_id", "category_id")
            ),
            exports=self._array("exports", year, ("region_id", "sector_id")),
            distance=self.distance,
            distance_decay=self.distance_decay,
            own_region_delta=self.own_region_delta,
            flows=tuple(self._flows(year)),
            known_shares=tuple(self._known_shares(year)),
            emissions={
                stressor: EmissionFigures(
                    self._array(
                        "emissions",
                        year,
                        ("region_id", "sector_id"),
                        stressor_id=stressor,
                    ),
                    self._array(
                        "direct_emissions",
                        year,
                        ("region_id", "category_id"),
                        stressor_id=stressor,
                    ),
                    self._array(
                        "emissions",
                        year,
                        ("region_id",),
                        stressor_id=stressor,
                        sector_id=None,
                    ),
                )
                for stressor in self.parent.stressors
            },
        )

    def _array(
        self, table: str, year: int, axes: tuple[str, ...], **only: str | None
    ) -> np.ndarray:
        """Return the values of some rows of a year by position."""
        values = np.zeros([len(self._positions[axis]) for axis in axes])
        for row in self.folder.rows[table]:
            if row["year"] != year or any(row[name] != only[name] for name in only):
                continue
            if any(row[axis] is None for axis in axes):
                continue
            cell = tuple(self._positions[axis][row[axis]] for axis in axes)
            values[cell] += row["value"]
        return values

    def _flows(self, year: int) -> Iterable[KnownFlow]:
        sectors = np.arange(len(self.parent.sectors))
        for number, row in enumerate(self.folder.rows["known_flows"], start=1):
            if row["year"] == year:
                sector = row["sector_id"]
                yield KnownFlow(
                    self._regions_of(number, row, "origin_region_id"),
                    self._regions_of(number, row, "destination_region_id"),
                    sectors
                    if sector is None
                    else np.array([self._positions["sector_id"][sector]]),
                    row["value"],
                    number,
                )

    def _check_known_shares(self) -> None:
        """Refuse shares between parent regions, and of more than all deliveries."""
        file = self.folder.file("known_shares")
        positions = self._positions["region_id"]
        sums: dict[tuple[int, str, str], float] = defaultdict(float)
        for number, row in enumerate(self.folder.rows["known_shares"], start=1):
            origin, destination = row["origin_region_id"], row["destination_region_id"]
            places = [self.groups[positions[name]] for name in (origin, destination)]
            if places[0] != places[1]:
                raise CarbonshedError(
                    f"{file}: data row {number}: {origin!r} and {destination!r} lie in "
                    "different parent regions, between which the parent's trade is "
                    "kept; expected a share of deliveries inside one"
                )
            sums[row["year"], origin, row["sector_id"]] += row["share"]
        for (year, origin, sector), total in sums.items():
            if total > 1 + MAX_EXCESS:
                raise CarbonshedError(
                    f"{file}: the shares of sector {sector!r} of origin {origin!r} in "
                    f"{year} add up to {total:.10g}; expected at most 1. Divide the "
                    "shares by their sum, or leave out the row of the origin itself"
                )

    def contradicted_shares(self, year: int) -> list[tuple[str, str, float, float]]:
        """Return origins and sectors that keep another share than the one given.

        The share that an origin keeps comes first, then what is given for itself.
        """
        rows = [row for row in self.folder.rows["known_shares"] if row["year"] == year]
        others: dict[tuple[str, str], float] = defaultdict(float)
        for row in rows:
            if row["origin_region_id"] != row["destination_region_id"]:
                others[row["origin_region_id"], row["sector_id"]] += row["share"]
        contradicted = []
        for row in rows:
            origin, sector, given = (
                row[name] for name in ("origin_region_id", "sector_id", "share")
            )
            kept = 1 - others[origin, sector]
            is_own = origin == row["destination_region_id"]
            if is_own and abs(kept - given) > _ROUNDED:
                contradicted.append((origin, sector, kept, given))
        return contradicted

    def _known_shares(self, year: int) -> Iterable[KnownShares]:
        """Yield shares by sector and parent region; an origin keeps the rest."""
        positions, sectors = (
            self._positions[name] for name in ("region_id", "sector_id")
        )
        rows = [row for row in self.folder.rows["known_shares"] if row["year"] == year]
        given: dict[tuple[int, int], dict[int, dict[int, float]]] = {}
        for row in rows:
            origin, destination = (
                positions[row[f"{place}_region_id"]]
                for place in ("origin", "destination")
            )
            block = sectors[row["sector_id"]], int(self.groups[origin])
            by_origin = given.setdefault(block, {}).setdefault(origin, {})
            by_origin[destination] = row["share"]
        slices = parent_slices(self.groups)
        for (sector, number), by_origin in sorted(given.items()):
            origins, members = np.array(sorted(by_origin)), np.arange(*slices[number])
            values = np.zeros((len(origins), len(members)))
            for line, origin in enumerate(origins):
                others = {k: v for k, v in by_origin[origin].items() if k != origin}
                values[line, [k - members[0] for k in others]] = list(others.values())
                rest = 1.0 - sum(others.values())
                if rest <= MAX_EXCESS:  # rounding, not something it keeps
                    values[line] /= values[line].sum()
                else:
                    values[line, origin - members[0]] = rest
            yield KnownShares(sector, origins, members, values)

    def _regions_of(self, number: int, row: Row, column: str) -> np.ndarray:
        """Return the regions that an id of a known flow stands for."""
        name = row[column]
        positions = self._positions["region_id"]
        if name in positions:
            return np.array([positions[name]])
        parents = [region["parent_region_id"] for region in self.regions]
        if name in parents:
            return np.flatnonzero([parent == name for parent in parents])
        legal_ids = {*positions, *filter(None, parents)}
        raise CarbonshedError(
            f"{self.folder.file('known_flows')}: data row {number}: `{column}` has the "
            f"unknown id {name!r}{suggestion(name, legal_ids)}; expected a region or a "
            "parent_region_id"
        )


def _positions(ids: Iterable[str]) -> dict[str, int]:
    return {label: k for k, label in enumerate(dict.fromkeys(ids))}
