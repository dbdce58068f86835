"""Labels of a provincial table: provinces, and the same codes inside each of them."""

from dataclasses import dataclass, field

from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.names import (
    ChinaSector,
    Province,
    province_named,
    sector_named,
    sectors_of,
)
from carbonshed.text import listing

_LISTS = {"2012": "2012 and 2015", "2017": "2017, 2018 and 2020"}
_POWER = (("电力",), ("electric", "power"), ("electricity",))


@dataclass
class Axis:
    """Labels along the ``rows`` or ``columns`` of a block, one entry for each."""

    kind: str
    provinces: list[str]  # as the next two: as in the sheet, merged cells filled
    codes: list[str]
    names: list[str]
    cells: list[str]  # address of each code


@dataclass
class Grouped:
    """An axis of ``rows`` or ``columns`` with the same codes in every province."""

    kind: str
    regions: tuple[Province, ...]
    codes: tuple[str, ...]  # those inside each province, in order
    # by code: its names, each with the cell beside the first one
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def require_same(self, other: "Grouped", where: str) -> None:
        """Refuse another axis with other provinces or codes."""
        self.require_regions(other, where)
        if self.codes != other.codes:
            raise CarbonshedError(
                f"{where}: {self.kind} have the sectors {_shown(self.codes)}, "
                f"{other.kind} {_shown(other.codes)}; expected the same in the same "
                "order"
            )

    def require_regions(self, other: "Grouped", where: str) -> None:
        """Refuse another axis with other provinces."""
        if self.regions == other.regions:
            return
        pairs = zip(self.regions, other.regions, strict=False)
        position = next((i for i, (a, b) in enumerate(pairs) if a != b), None)
        if position is None:
            difference = f"{len(self.regions)} and {len(other.regions)}"
        else:
            ours, theirs = self.regions[position], other.regions[position]
            difference = f"number {position + 1} is {_both(ours)} and {_both(theirs)}"
        raise CarbonshedError(
            f"{where}: the provinces of {self.kind} and {other.kind} differ: "
            f"{difference}; expected the same in the same order on all axes "
            "(merged cells moved?)"
        )

    def add_names(self, other: "Grouped") -> None:
        """Add the names that another axis has for the same codes."""
        for code, names in other.names.items():
            self.names.setdefault(code, {}).update(names)


def grouped(axis: Axis, where: str) -> Grouped:
    """Return an axis by provinces.

    Refuse a missing label, an unknown or repeated province, and one with other codes
    than the first.
    """
    if not axis.codes:
        raise CarbonshedError(f"{where}: no {axis.kind} of final demand, FU101..")
    if not axis.provinces[0]:
        raise CarbonshedError(
            f"{where}: no province beside the first code, {axis.codes[0]} in "
            f"{axis.cells[0]}; expected it there or in a merged cell that begins there "
            "(merged cells moved?)"
        )
    members: dict[str, list[int]] = {}
    for i, province in enumerate(axis.provinces):
        members.setdefault(province, []).append(i)
    regions = tuple(_province(name, axis, at, where) for name, at in members.items())
    codes = _pattern(axis.codes)
    for name, positions in members.items():
        own = tuple(axis.codes[i] for i in positions)
        is_apart = positions[-1] - positions[0] != len(positions) - 1
        if own != codes or is_apart:
            raise CarbonshedError(
                f"{where}: {axis.kind} of {name!r} from {axis.cells[positions[0]]} "
                f"have the codes {_shown(own)}; expected {_shown(codes)}, in one piece "
                "(merged cells moved?)"
            )
    _refuse_twice([region.region_name for region in regions], where, axis.kind)
    _refuse_twice(codes, where, f"{axis.kind} of {axis.provinces[0]!r}")
    names: dict[str, dict[str, str]] = {}
    for code, name, cell in zip(axis.codes, axis.names, axis.cells, strict=True):
        names.setdefault(code, {}).setdefault(name, cell)
    return Grouped(axis.kind, regions, codes, names)


def check_sectors(
    producers: Grouped, sector_list: str, where: str
) -> list[ChinaSector]:
    """Return the sectors of a table, each identified by its names.

    Codes alone do not suffice: 22 to 36 mean other sectors before and after 2016.
    """
    by_code = {sector.sector_id: sector for sector in sectors_of(sector_list)}
    sectors = []
    for code in producers.codes:
        if code not in by_code:
            raise CarbonshedError(
                f"{where}: the code {code} is not one of the {len(by_code)} sectors of "
                f"{_LISTS[sector_list]}"
            )
        for name, cell in producers.names[code].items():
            _refuse_other_name(by_code[code], name, cell, sector_list, where)
        sectors.append(by_code[code])
    if len(sectors) == len(by_code):
        _require_power(producers, sectors, where)
    return sectors


def _refuse_other_name(
    sector: ChinaSector, name: str, cell: str, sector_list: str, where: str
) -> None:
    sector_of_name = sector_named(name, sector_list)
    if sector_of_name == sector:
        return
    expected = f"expected {sector.name_zh} ({sector.sector_name})"
    fault = f"{where}: {cell}: sector {sector.sector_id} is called {name!r}"
    hint = "is it a renamed or shifted label?"
    for other, years in _LISTS.items():
        namesake = sector_named(name, other)
        if other != sector_list and namesake and namesake.sector_id == sector.sector_id:
            hint = (
                f"the name is the one of {years}, the list of another year: is "
                "the year of the table right?"
            )
    if sector_of_name:
        fault += (
            f", which is sector {sector_of_name.sector_id} of {_LISTS[sector_list]}"
        )
    raise CarbonshedError(f"{fault}; {expected}; {hint}")


def _require_power(producers: Grouped, sectors: list[ChinaSector], where: str) -> None:
    """Refuse a table unless power supply is the one sector named so."""
    named_power = [
        code
        for code in producers.codes
        if any(_is_power(name) for name in producers.names[code])
    ]
    supply = [sector.sector_id for sector in sectors if sector.is_power_supply]
    if named_power != supply:
        raise CarbonshedError(
            f"{where}: sectors with 电力 or electric power in their names: "
            f"{listing(named_power, 5)}; expected {listing(supply, 5)} only"
        )


def _is_power(name: str) -> bool:
    folded = name.casefold()
    return any(all(word in folded for word in words) for words in _POWER)


def _province(name: str, axis: Axis, positions: list[int], where: str) -> Province:
    province = province_named(name)
    if province is None:
        raise CarbonshedError(
            f"{where}: {axis.kind}: {name!r} at {axis.cells[positions[0]]} is not a "
            "province that is known, in Chinese or English"
        )
    return province


def _pattern(codes: list[str]) -> tuple[str, ...]:
    """Return the codes up to the first repetition."""
    again = codes.index(codes[0], 1) if codes[0] in codes[1:] else len(codes)
    return tuple(codes[:again])


def _refuse_twice(labels: tuple[str, ...] | list[str], where: str, what: str) -> None:
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise CarbonshedError(f"{where}: {what}: {listing(twice, 5)} there twice")


def _shown(codes: tuple[str, ...]) -> str:
    if len(codes) <= 6:
        return ", ".join(codes)
    return f"{', '.join(codes[:3])} .. {', '.join(codes[-2:])} ({len(codes)})"


def _both(province: Province) -> str:
    return f"{province.name_zh} ({province.region_name})"
