"""Regions that a map takes from the labels of the table: `regions: {from: labels}`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from carbonshed.readers.files.grids import Books
from carbonshed.readers.files.yaml_files import Part, YamlFile
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.addresses import Texts
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.map import Labels, Plan, of_year, plan_of

Row = dict[str, Any]


class RegionLabels(Part):
    """The rule of a map for regions that it does not list."""

    origin: Literal["labels"] = Field(alias="from")
    rest_of_world: Texts = ()  # the labels of regions that are no country


def read_plan(
    file: YamlFile,
    year: int,
    options: IngestOptions,
    open_books: Callable[[Plan], Books],
) -> Plan:
    """Return the plan of one year, checked.

    `open_books` opens the files of a plan, for regions that the map takes from there.
    """
    file = YamlFile(file.name, of_year(file.content, year))
    if not is_from_labels(file):
        return plan_of(file, year, options)
    if options.regions is not None:
        return plan_of(with_regions(file, []), year, options)
    others = replace(options, indicators=None)
    regions = regions_of(file, plan_of(placeholder(file), year, others), open_books)
    return plan_of(with_regions(file, regions), year, options)


def is_from_labels(file: YamlFile) -> bool:
    """Return whether a map says where its regions are, and lists none."""
    return isinstance(file.content.get("regions"), dict)


def with_regions(file: YamlFile, regions: list[Row]) -> YamlFile:
    """Return a map with a list of regions."""
    return YamlFile(file.name, {**file.content, "regions": regions})


def placeholder(file: YamlFile) -> YamlFile:
    """Return a map with one region, for reading all else of it."""
    return with_regions(file, [_region("X", "country")])


def regions_of(
    file: YamlFile, plan: Plan, open_books: Callable[[Plan], Books]
) -> list[Row]:
    """Return the regions in the labels of rows, in their order.

    `plan` is that of the map with a placeholder for its regions.
    """
    rule = YamlFile(file.name, file.content["regions"]).check(RegionLabels)
    reader = BlockReader(
        books=open_books(plan),
        sheets=[],
        marks=plan.map.marks,
        others=frozenset(),
        allow_missing_pairs=False,
        full=frozenset(),
        gaps=frozenset(),
        groups=(),
    )
    return [
        _region(label, "rest_of_world" if label in rule.rest_of_world else "country")
        for label in _labels(reader, plan, plan.labels)
    ]


def _labels(reader: BlockReader, plan: Plan, labels: Labels) -> list[str]:
    """Return the region of each row that has the label of a sector."""
    block = plan.layout.blocks[plan.main]
    above, left = reader.headers(block.frame, block.corner, 2, block.key)
    start = block.corner[0] if block.corner else above.after
    sectors = labels.sectors.inner(is_across=False)
    found: dict[str, None] = {}
    region = ""
    for position in left.positions(start):
        own, inner = left.label(position, start)
        region = own or region  # merged cells
        if region and inner in sectors:
            found[region] = None
    if not found:
        raise left.grid.refusal(
            f"no row in {left.described()} has a region and a sector of the map; "
            "`regions: {from: labels}` takes the regions from there"
        )
    return list(found)


def _region(label: str, kind: str) -> Row:
    return {"region_id": label, "region_name": label, "region_type": kind}
