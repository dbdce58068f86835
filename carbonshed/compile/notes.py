"""Notes of a compiled table: its sources, and how well it fits them."""

from collections.abc import Iterator

import numpy as np

from carbonshed.accounting.ras import divide
from carbonshed.compile.parent import Parent
from carbonshed.compile.prior import parent_slices
from carbonshed.compile.shares import LABEL_MEASURES, SECTOR_MEASURES, has_both
from carbonshed.compile.statistics import Tables
from carbonshed.compile.year import CompiledYear
from carbonshed.text import listing

_MAX_NAMES_SHOWN = 5
# a group with a smaller share of a region's purchases gets no sentence
_MIN_SHARE = 0.01


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
