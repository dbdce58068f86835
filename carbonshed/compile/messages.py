"""Notes on a compiled table, and refusals of statistics, by file and label."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from carbonshed.accounting.ras import divide
from carbonshed.compile.balance import NotBalancedError
from carbonshed.compile.compiled_year import (
    CompiledYear,
    TotalsNotMetError,
    ValueAddedAboveOutputError,
)
from carbonshed.compile.parent import Parent
from carbonshed.compile.shares import (
    LABEL_MEASURES,
    SECTOR_MEASURES,
    LostFigureError,
    NoIndicatorError,
    has_both,
    parent_slices,
)
from carbonshed.compile.statistics import Tables
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

_MAX_NAMES_SHOWN = 5
# a group with a smaller share of a region's purchases gets no sentence
_MIN_SHARE = 0.01
_MAX_GAPS_SHOWN = 3


def compile_notes(
    compiled: CompiledYear, tables: Tables, parent: Parent, year: int
) -> list[str]:
    """Return the remarks on one year, one sentence each."""
    deliveries = compiled.deliveries
    sentences = [
        "compiled estimate: trade between regions is estimated, and footprints rest on "
        "it; single cells can be far off, see docs/compile.md",
        f"{deliveries.sweeps} sweeps, largest gap of a total "
        f"{deliveries.residual:.1e} of itself",
        *_parameters(tables),
        *_gdp_gaps(compiled, tables, parent),
        *_own_shares(compiled, parent),
        *_shared_out_by_gdp(compiled, parent),
        *_unused_figures(compiled, tables, parent),
        *_known_flows(compiled),
        *_largest_change(compiled, tables, parent),
    ]
    if tables.unlocated:
        sentences.append(
            "regions without coordinates, at the median distance: "
            f"{listing(tables.unlocated, _MAX_NAMES_SHOWN)}"
        )
    return [f"{year}: {sentence}" for sentence in sentences]


def _parameters(tables: Tables) -> Iterator[str]:
    decay, delta = tables.distance_decay, tables.own_region_delta
    yield (
        f"distance_decay {_span(decay)}, own_region_delta {_span(delta)}; all in the "
        "descriptor"
    )


def _span(values: np.ndarray) -> str:
    low, high = values.min(), values.max()
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _gdp_gaps(compiled: CompiledYear, tables: Tables, parent: Parent) -> Iterator[str]:
    """Compare shares of the user's GDP with shares of the resulting value added."""
    gdp = compiled.statistics.activity.gdp
    earned = compiled.parent.total_value_added[tables.groups]
    value_added = (compiled.purchases.value_added_shares * earned).sum(axis=1)
    for group, (first, last) in enumerate(parent_slices(tables.groups)):
        gdp_of_regions = gdp[first:last]
        if (
            last - first == 1
            or not np.all(gdp_of_regions >= 0)
            or gdp_of_regions.sum() <= 0
        ):
            continue
        gaps = divide(value_added[first:last], value_added[first:last].sum())
        gaps = gaps - gdp_of_regions / gdp_of_regions.sum()
        worst = int(np.argmax(np.abs(gaps)))
        yield (
            f"parent region {parent.regions[group]}: shares of value added differ from "
            f"the given shares of gdp by at most {100 * abs(gaps[worst]):.2f} "
            f"percentage points (region {tables.regions[first + worst]['region_id']})"
        )


def _own_shares(compiled: CompiledYear, parent: Parent) -> Iterator[str]:
    """Yield the shares of purchases from the parent region that regions make."""
    deliveries = compiled.deliveries
    groups = np.array([row["sector_group"] for row in parent.sector_rows])
    own = np.zeros(len(groups))
    totals = np.zeros(len(groups))
    for number, (first, last) in enumerate(parent_slices(deliveries.parent)):
        if last - first == 1:
            continue
        members = np.arange(first, last)
        amounts = deliveries.purchases_from(number)[:, members].sum(axis=2)
        kept = deliveries.trade[number][:, members - first, members]
        own += (kept * amounts).sum(axis=1)
        totals += amounts.sum(axis=1)
    shares = {
        group: own[groups == group].sum() / totals[groups == group].sum()
        for group in dict.fromkeys(groups.tolist())
        if totals[groups == group].sum() > 0
    }
    if shares:
        named = listing(
            f"{group} {100 * share:.0f} %" for group, share in shares.items()
        )
        yield (
            "share of their own in what regions buy from their parent region, by "
            f"sector group: {named}"
        )


def _shared_out_by_gdp(compiled: CompiledYear, parent: Parent) -> Iterator[str]:
    source = compiled.output.source
    output = compiled.parent.output
    for indicator in ("gdp", "population"):
        is_rest = source == indicator
        sectors = is_rest.any(axis=0).sum()
        if sectors:
            split = source != "whole"
            share = output[is_rest].sum() / output[split].sum()
            yield (
                f"{sectors} of {len(parent.sectors)} sectors are shared out by "
                f"{indicator} alone, {100 * share:.0f} % of output"
            )


def _unused_figures(
    compiled: CompiledYear, tables: Tables, parent: Parent
) -> Iterator[str]:
    """Name the figures that have no effect, by measure."""
    activity, file = compiled.statistics.activity, tables.folder.file("activity")
    sectors: dict[tuple[str, str], set[str]] = {}
    labels: dict[tuple[str, str], set[str]] = {}
    names = list(dict.fromkeys(row["label_id"] for row in tables.folder.rows["labels"]))
    for number, (first, last) in enumerate(parent_slices(tables.groups)):
        rows = slice(first, last)
        if last - first == 1:
            continue
        earned = compiled.parent.total_value_added[number]
        is_full = has_both(activity, rows, compiled.parent.output[number], earned)
        for sector, used in enumerate(compiled.output.source[number]):
            for measure in ("value_added", "employment"):
                is_given = getattr(activity, measure)[rows, sector].sum() > 0
                is_used = measure == used or (measure == "value_added" and is_full)
                if is_given and not is_used and used in SECTOR_MEASURES:
                    sectors.setdefault((measure, used), set()).add(
                        parent.sectors[sector]
                    )
        for label, name in enumerate(names):
            sources = [
                source
                for source in LABEL_MEASURES
                if getattr(activity, f"label_{source}")[rows, label].sum() > 0
            ]
            for measure in sources[1:]:
                labels.setdefault((measure, sources[0]), set()).add(name)
    for kind, unused in (("sectors", sectors), ("labels", labels)):
        for (measure, used), which in unused.items():
            yield (
                f"{measure.replace('_', ' ')} in {file} is not used for {kind} "
                f"{listing(sorted(which), _MAX_NAMES_SHOWN)}: {used.replace('_', ' ')} "
                "shares them out"
            )


def _known_flows(compiled: CompiledYear) -> Iterator[str]:
    flows = compiled.statistics.flows
    for flow, before in zip(flows, compiled.deliveries.flows_before, strict=True):
        yield (
            f"known flow of data row {flow.row}: {before:.4g} by the prior, "
            f"{flow.value:.4g} as given"
        )


def _largest_change(
    compiled: CompiledYear, tables: Tables, parent: Parent
) -> Iterator[str]:
    """Compare purchases of regions with the parent's structure of inputs."""
    deliveries, group = compiled.deliveries, tables.groups
    purchases = sum(
        deliveries.purchases_from(number).sum(axis=2)
        for number in range(len(deliveries.trade))
    )
    cells = (compiled.parent.cells - compiled.kept).sum(axis=0)
    uses = cells.sum(axis=0) + np.maximum(compiled.parent.imports, 0.0)
    structure = divide(cells, uses)[:, group, :]
    usual = (structure * compiled.purchases.values).sum(axis=2)
    words = np.array([row["sector_group"] for row in parent.sector_rows])
    names = list(dict.fromkeys(words.tolist()))
    purchases_by_name = np.stack(
        [purchases[words == name].sum(axis=0) for name in names]
    )
    expected = np.stack([usual[words == name].sum(axis=0) for name in names])
    matters = expected >= _MIN_SHARE * expected.sum(axis=0)
    change = np.where(matters, np.abs(divide(purchases_by_name, expected) - 1.0), 0.0)
    row, region = np.unravel_index(int(np.argmax(change)), change.shape)
    largest = divide(purchases_by_name, expected)[row, region] - 1
    yield (
        f"region {tables.regions[region]['region_id']} buys "
        f"{100 * largest:+.0f} % of {names[row]} against the "
        "parent's structure, the largest change"
    )


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
    worst = error.gaps[:_MAX_GAPS_SHOWN]
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
