"""Refusals of statistics that cannot be compiled: file, label, expectation, remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from carbonshed.compile.balance import NotBalancedError
from carbonshed.compile.parent import Parent
from carbonshed.compile.shares import LostFigureError, NoIndicatorError
from carbonshed.compile.statistics import Tables
from carbonshed.compile.year import TotalsNotMetError, ValueAddedAboveOutputError
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

_MAX_NAMES_SHOWN = 3


@contextmanager
def explain_refusals(tables: Tables, parent: Parent, year: int) -> Iterator[None]:
    """Turn errors of the algebra into refusals that name file and label."""
    try:
        yield
    except NoIndicatorError as error:
        raise CarbonshedError(_no_indicator(error, tables, parent, year)) from None
    except LostFigureError as error:
        raise CarbonshedError(_lost_figure(error, tables, parent, year)) from None
    except ValueAddedAboveOutputError as error:
        region, sector = error.cells[0]
        raise CarbonshedError(
            f"{tables.folder.file('activity')}: value added of sector "
            f"{parent.sectors[sector]!r} in region {_region(tables, region)!r} ({year})"
            " is above its output, and of "
            f"{len(error.cells) - 1:,} more; expected figures of output and value "
            "added in the same proportions. Leave one of the two out"
        ) from None
    except TotalsNotMetError as error:
        where = (
            f"region {_region(tables, error.region)!r} has a total and nothing that "
            "emits"
            if error.region is not None
            else f"the totals of parent region {parent.regions[error.parent]!r} "
            "contradict its emissions by sector"
        )
        raise CarbonshedError(
            f"{tables.folder.file('emissions')}: {where} ({year}); expected totals "
            "that the sectors of each region can have"
        ) from None
    except NotBalancedError as error:
        raise CarbonshedError(_not_balanced(error, tables, parent, year)) from None


def _region(tables: Tables, position: int) -> str:
    return tables.regions[position]["region_id"]


def _no_indicator(
    error: NoIndicatorError, tables: Tables, parent: Parent, year: int
) -> str:
    region = parent.regions[error.parent]
    if error.kind == "demand":
        return (
            f"{tables.folder.file('region_years')}: nothing shares out the demand of "
            f"category {parent.categories[error.position]!r} in parent region "
            f"{region!r} ({year}); expected population or gdp above 0 for each of its "
            f"regions, or rows of {tables.folder.file('demand_totals')}"
        )
    if error.kind == "sector":
        return (
            f"{tables.folder.file('activity')}: nothing shares out sector "
            f"{parent.sectors[error.position]!r} among the regions of parent region "
            f"{region!r} ({year}); expected figures, a label, gdp or population"
        )
    labels = _labels(tables)
    label = (
        f"label {labels[error.position]!r}"
        if error.position < len(labels)
        else "the sectors without figures, shared out by gdp"
    )
    where = (
        f"region {_region_of(tables, error)!r}"
        if error.region is not None
        else "some region"
    )
    return (
        f"{tables.folder.file('activity')}: {where} has a total of {label} in {year} "
        "and no employment in any of its sectors; expected employment above 0 in one "
        "of them"
    )


def _lost_figure(
    error: LostFigureError, tables: Tables, parent: Parent, year: int
) -> str:
    name = (
        parent.sectors[error.position]
        if error.kind == "sector"
        else _labels(tables)[error.position]
    )
    used, lost = (word.replace("_", " ") for word in (error.used, error.lost))
    return (
        f"{tables.folder.file('activity')}: region {_region_of(tables, error)!r} has "
        f"{lost} of {error.kind} {name!r} and no {used} ({year}), while {used} of "
        "other regions shares it out: the region would make none of it; expected one "
        f"measure for all regions of parent region {parent.regions[error.parent]!r}"
    )


def _labels(tables: Tables) -> list[str]:
    return list(dict.fromkeys(row["label_id"] for row in tables.folder.rows["labels"]))


def _region_of(tables: Tables, error: NoIndicatorError | LostFigureError) -> str:
    members = [k for k, group in enumerate(tables.groups) if group == error.parent]
    return _region(tables, members[error.region])


def _not_balanced(
    error: NotBalancedError, tables: Tables, parent: Parent, year: int
) -> str:
    users = [*parent.sectors, *parent.categories]
    worst = error.gaps[:_MAX_NAMES_SHOWN]
    if error.kind == "flow":
        flows = tables.year(year).flows
        named = listing(
            (f"data row {flows[k].row} (off by {gap:.2g})" for (k,), gap in worst),
            separator="; ",
        )
        return (
            f"{tables.folder.file('known_flows')}: the flows of {year} contradict each "
            f"other or what the parent delivers: {named}; expected flows that can hold "
            "together"
        )
    labels = parent.sectors if error.kind == "supply" else users
    named = listing(
        (
            f"{_region(tables, region)!r} / {labels[k]!r} (off by {gap:.2g})"
            for (region, k), gap in worst
        ),
        separator="; ",
    )
    hint = (
        f"change or leave out rows of {tables.folder.file('known_flows')}"
        if tables.folder.rows["known_flows"]
        else f"compare {tables.folder.file('activity')} with the parent"
    )
    return (
        f"{tables.folder.folder}: the {error.kind} of {year} cannot be met: {named}; "
        f"{hint}"
    )
