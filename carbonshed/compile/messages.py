"""Notes on a compiled table, and refusals of statistics, by file and label."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from carbonshed.accounting.ras import divide
from carbonshed.compile.balance import NotBalancedError
from carbonshed.compile.compiled_year import (
    CompiledYear,
    NothingToShareError,
    TotalsNotMetError,
    ValueAddedAboveOutputError,
)
from carbonshed.compile.parent import Parent
from carbonshed.compile.shares import (
    LABEL_MEASURES,
    MOST_EXPORTED,
    SECTOR_MEASURES,
    AllExportedError,
    LostFigureError,
    NoIndicatorError,
    has_both,
    split_parents,
)
from carbonshed.compile.statistics import Tables
from carbonshed.errors import CarbonshedError
from carbonshed.text import counted, listing

_MAX_NAMES_SHOWN = 5
# a group with a smaller share of a region's purchases gets no sentence
_MIN_SHARE = 0.01
_MAX_GAPS_SHOWN = 3
_MAX_FLOWS_SHOWN = 10
_LEAST_NAMED = 0.001  # a smaller share has no number
_LIMIT = f"({MOST_EXPORTED:g} of its output, less where inventories take more)"
_CAN_EXPORT = f"what a region can export {_LIMIT}"


def compile_notes(compiled: CompiledYear, tables: Tables, year: int) -> list[str]:
    """Return the remarks on one year, one sentence each."""
    deliveries = compiled.deliveries
    sentences = [
        "compiled estimate: trade between regions is estimated, and footprints rest on "
        "it; single cells can be far off, see docs/compile.md",
        f"{deliveries.sweeps} sweeps, largest gap of a total "
        f"{deliveries.residual:.1e} of itself",
        *_parameters(tables),
        *_gdp_gaps(compiled, tables),
        *_own_shares(compiled, tables.parent),
        *_shared_out_by_gdp(compiled, tables.parent),
        *_unused_figures(compiled, tables),
        *_known_flows(compiled, tables),
        *_known_shares(compiled, tables, year),
        *_exports(compiled, tables),
        *_largest_change(compiled, tables),
    ]
    if tables.unlocated:
        sentences.append(
            "regions without coordinates, at the median distance: "
            f"{listing(tables.unlocated, _MAX_NAMES_SHOWN)}"
        )
    return [f"{year}: {sentence}" for sentence in sentences]


def _percent(share: float) -> str:
    """Return a share in two digits: ``26 %``, ``9.1 %``, ``less than 0.1 %``."""
    if 0 < share < _LEAST_NAMED:
        return f"less than {_percent(_LEAST_NAMED)}"
    return f"{100 * share:{'.0f' if share >= 0.1 else '.2g'}} %"


def _of_parent(tables: Tables, number: int) -> str:
    """Return how a note on a parent region begins, nothing if one alone is split."""
    is_one = sum(np.bincount(tables.groups) > 1) == 1
    return "" if is_one else f"parent region {tables.parent.regions[number]}: "


def _parameters(tables: Tables) -> Iterator[str]:
    decay, delta = tables.distance_decay, tables.own_region_delta
    yield (
        f"distance_decay {_span(decay)}, own_region_delta {_span(delta)}; all in the "
        "descriptor"
    )


def _span(values: np.ndarray) -> str:
    low, high = values.min(), values.max()
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _gdp_gaps(compiled: CompiledYear, tables: Tables) -> Iterator[str]:
    """Compare shares of the user's GDP with shares of the resulting value added."""
    gdp = compiled.statistics.activity.gdp
    earned = compiled.parent.total_value_added[tables.groups]
    value_added = (compiled.purchases.value_added_shares * earned).sum(axis=1)
    for number, rows in split_parents(tables.groups):
        if not np.all(gdp[rows] >= 0) or gdp[rows].sum() <= 0:
            continue
        gaps = divide(value_added[rows], value_added[rows].sum())
        gaps = gaps - gdp[rows] / gdp[rows].sum()
        worst = int(np.argmax(np.abs(gaps)))
        yield (
            f"parent region {tables.parent.regions[number]}: shares of value added "
            "differ from the given shares of gdp by at most "
            f"{100 * abs(gaps[worst]):.2f} percentage points (region "
            f"{_region(tables, worst, number)})"
        )


def _own_shares(compiled: CompiledYear, parent: Parent) -> Iterator[str]:
    """Yield the shares of purchases from the parent region that regions make."""
    deliveries = compiled.deliveries
    groups = np.array([row["sector_group"] for row in parent.sector_rows])
    own = np.zeros(len(groups))
    totals = np.zeros(len(groups))
    for number, rows in split_parents(deliveries.parent):
        members = np.arange(rows.start, rows.stop)
        amounts = deliveries.purchases_from(number)[:, members].sum(axis=2)
        kept = deliveries.trade[number][:, members - rows.start, members]
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


def _unused_figures(compiled: CompiledYear, tables: Tables) -> Iterator[str]:
    """Name the figures that have no effect, by measure."""
    activity, file = compiled.statistics.activity, tables.folder.file("activity")
    sectors: dict[tuple[str, str], set[str]] = {}
    labels: dict[tuple[str, str], set[str]] = {}
    names = tables.label_ids
    for number, rows in split_parents(tables.groups):
        earned = compiled.parent.total_value_added[number]
        is_full = has_both(activity, rows, compiled.parent.output[number], earned)
        for sector, used in enumerate(compiled.output.source[number]):
            for measure in ("value_added", "employment"):
                is_given = getattr(activity, measure)[rows, sector].sum() > 0
                is_used = measure == used or (measure == "value_added" and is_full)
                if is_given and not is_used and used in SECTOR_MEASURES:
                    sectors.setdefault((measure, used), set()).add(
                        tables.parent.sectors[sector]
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


def _known_flows(compiled: CompiledYear, tables: Tables) -> Iterator[str]:
    """Yield one sentence for the flows of each sector, and those that moved most."""
    rows = tables.folder.rows["known_flows"]
    flows: dict[str | None, list[tuple[float, float, str]]] = {}
    for flow, before in zip(
        compiled.statistics.flows, compiled.deliveries.flows_before, strict=True
    ):
        row = rows[flow.row - 1]
        places = f"{row['origin_region_id']} to {row['destination_region_id']}"
        named = f"{places} {before:.4g}, given {flow.value:.4g}"
        flows.setdefault(row["sector_id"], []).append((before, flow.value, named))
    for sector, known in flows.items():
        of = "all sectors" if sector is None else f"sector {sector}"
        known.sort(key=lambda flow: -abs(flow[1] - flow[0]))
        before, given = (sum(flow[position] for flow in known) for position in (0, 1))
        most = listing([named for *_, named in known], _MAX_FLOWS_SHOWN, separator="; ")
        yield (
            f"{counted(len(known), 'known flow')} of {of}, in all {before:.4g} by the "
            f"prior, given {given:.4g}; those that differ most: {most}"
        )


def _known_shares(compiled: CompiledYear, tables: Tables, year: int) -> Iterator[str]:
    """Say how much goes to other regions, by the prior and by the shares."""
    known = compiled.statistics.known_shares
    for shares, leaving in zip(known, compiled.deliveries.leaving, strict=True):
        if len(shares.members) == 1 or np.isnan(leaving).any():
            continue
        before, after = map(_percent, leaving)
        where = _of_parent(tables, tables.groups[shares.members[0]])
        yield (
            f"{where}known shares of sector {tables.parent.sectors[shares.sector]} for "
            f"{len(shares.origins)} of {len(shares.members)} regions: {after} of what "
            f"they deliver inside their parent region goes to other regions ({before} "
            "by the prior); each buyer gets its share, whatever it pays"
        )
    if contradicted := tables.contradicted_shares(year):
        named = [
            f"{origin!r} keeps {kept:.4g} of sector {sector!r}, given {given:.4g}"
            for origin, sector, kept, given in contradicted
        ]
        yield (
            "shares that regions are said to keep are not used, they keep what others "
            f"do not get: {listing(named, _MAX_NAMES_SHOWN, separator='; ')}"
        )


def _exports(compiled: CompiledYear, tables: Tables) -> Iterator[str]:
    """Name the sectors whose exports are above what regions can export."""
    figures = compiled.statistics.exports
    if figures is None:
        return
    sectors = tables.parent.sectors
    is_whole = np.bincount(tables.groups)[tables.groups] == 1
    for region in np.flatnonzero(is_whole & (figures.sum(axis=1) > 0)):
        yield (
            f"not used: exports of region {_region(tables, region)!r}, which has all "
            "of its parent region's"
        )
    for number, rows in split_parents(tables.groups):
        given = np.flatnonzero(figures[rows].sum(axis=0) > 0)
        moved = {sectors[k]: compiled.exports_moved[number, k] for k in given}
        used = {name: share for name, share in moved.items() if not np.isnan(share)}
        where = _of_parent(tables, number)
        if used:
            yield (
                f"{where}exports by region are given for "
                f"{counted(len(used), 'sector')}. {_above(used)}"
            )
        if unused := [name for name in moved if name not in used]:
            yield (
                f"{where}not used: exports of {listing(unused, _MAX_NAMES_SHOWN)}, "
                "which the parent does not export"
            )


def _above(moved: dict[str, float]) -> str:
    """Return a sentence on exports that are above the limits, by sector."""
    above = sorted(
        ((share, sector) for sector, share in moved.items() if share > 0), reverse=True
    )
    if not above:
        return f"None is above {_CAN_EXPORT}"
    shown = [pair for pair in above if pair[0] >= _LEAST_NAMED][:_MAX_FLOWS_SHOWN]
    shown = shown or above[:1]
    named = [f"{_percent(share)} of {sector}" for share, sector in shown]
    if few := len(above) - len(shown):
        largest = above[len(shown)][0]
        limit = "" if largest < _LEAST_NAMED else "at most "
        named.append(f"{limit}{_percent(largest)} of {few:,} more")
    named[0] = named[0].replace(" % of ", " % of the exports of ")
    return f"Above {_CAN_EXPORT}, and so given to other regions: {'; '.join(named)}"


def _largest_change(compiled: CompiledYear, tables: Tables) -> Iterator[str]:
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
    words = np.array([row["sector_group"] for row in tables.parent.sector_rows])
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
def explain_refusals(tables: Tables, year: int) -> Iterator[None]:
    """Turn errors of the algebra into refusals that name file and label."""
    try:
        yield
    except tuple(_REASONS) as error:
        table, reason = _REASONS[type(error)](error, tables, year)
        file = tables.folder.file(table) if table else tables.folder.folder
        raise CarbonshedError(f"{file}: {reason}") from None


def _no_indicator(
    error: NoIndicatorError, tables: Tables, year: int
) -> tuple[str, str]:
    parent, file = tables.parent, tables.folder.file
    region = parent.regions[error.parent]
    if error.kind == "demand":
        return "region_years", (
            "nothing shares out the demand of category "
            f"{parent.categories[error.position]!r} in parent region {region!r} "
            f"({year}); expected population or gdp above 0 for each of its regions, or "
            f"rows of {file('demand_totals')}"
        )
    if error.kind == "sector":
        return "activity", (
            f"nothing shares out sector {parent.sectors[error.position]!r} among the "
            f"regions of parent region {region!r} ({year}); expected figures, a label, "
            "gdp or population"
        )
    labels = tables.label_ids
    label = "the sectors without figures, shared out by gdp"
    if error.position < len(labels):
        label = f"label {labels[error.position]!r}"
    where = "some region"
    if error.region is not None:
        where = f"region {_region(tables, error.region, error.parent)!r}"
    return "activity", (
        f"{where} has a total of {label} in {year} and no employment in any of its "
        "sectors; expected employment above 0 in one of them"
    )


def _lost_figure(error: LostFigureError, tables: Tables, year: int) -> tuple[str, str]:
    is_sector = error.kind == "sector"
    names = tables.parent.sectors if is_sector else tables.label_ids
    used, lost = (word.replace("_", " ") for word in (error.used, error.lost))
    return "activity", (
        f"region {_region(tables, error.region, error.parent)!r} has {lost} of "
        f"{error.kind} {names[error.position]!r} and no {used} ({year}), while {used} "
        "of other regions shares it out: the region would make none of it; expected "
        "one measure for all regions of parent region "
        f"{tables.parent.regions[error.parent]!r}"
    )


def _value_added_above_output(
    error: ValueAddedAboveOutputError, tables: Tables, year: int
) -> tuple[str, str]:
    region, sector = error.cells[0]
    return "activity", (
        f"value added of sector {tables.parent.sectors[sector]!r} in region "
        f"{_region(tables, region)!r} ({year}) is above its output, and of "
        f"{len(error.cells) - 1:,} more; expected figures of output and value "
        "added in the same proportions. Leave one of the two out"
    )


def _totals_not_met(
    error: TotalsNotMetError, tables: Tables, year: int
) -> tuple[str, str]:
    if error.region is None:
        region = tables.parent.regions[error.parent]
        where = (
            f"the totals of parent region {region!r} contradict its emissions by sector"
        )
    else:
        region = _region(tables, error.region)
        where = f"region {region!r} has a total and nothing that emits"
    return "emissions", (
        f"{where} ({year}); expected totals that the sectors of each region can have"
    )


def _not_balanced(
    error: NotBalancedError, tables: Tables, year: int
) -> tuple[str, str]:
    parent, file = tables.parent, tables.folder.file
    worst = error.gaps[:_MAX_GAPS_SHOWN]
    if error.kind == "flow":
        flows = tables.year(year).flows
        rows = (f"data row {flows[k].row} (off by {gap:.2g})" for (k,), gap in worst)
        sectors = {parent.sectors[i] for (k,), _ in worst for i in flows[k].sectors}
        has_shares = _has_rows(tables, "known_shares", year, sectors)
        return "known_flows", (
            f"the flows of {year} contradict each other or what the parent delivers: "
            f"{listing(rows, separator='; ')}; expected flows that can hold together"
            + (f", or other rows of {file('known_shares')}" if has_shares else "")
        )
    if error.kind == "share":
        origins = [
            (origin, shares.sector)
            for shares in tables.year(year).known_shares
            for origin in shares.origins
        ]
        named = listing(
            (
                f"sector {parent.sectors[sector]!r} of {_region(tables, origin)!r} "
                f"(off by {gap:.2g})"
                for (origin, sector), gap in ((origins[k], gap) for (k,), gap in worst)
            ),
            separator="; ",
        )
        sectors = {parent.sectors[origins[k][1]] for (k,), _ in worst}
        has_flows = _has_rows(tables, "known_flows", year, sectors)
        return "known_shares", (
            f"the shares of {year} contradict what regions buy: {named}; expected "
            "shares of regions that buy from the sector"
            + (f", or other rows of {file('known_flows')}" if has_flows else "")
        )
    users = [*parent.sectors, *parent.categories]
    named = listing(
        (
            f"{_region(tables, region)!r} / {users[k]!r} (off by {gap:.2g})"
            for (region, k), gap in worst
        ),
        separator="; ",
    )
    to_change = [
        file(table)
        for table in ("known_flows", "known_shares", "exports")
        if _has_rows(tables, table, year)
    ]
    hint = f"compare {file('activity')} with the parent"
    if to_change:
        hint = f"change or leave out rows of {listing(to_change, separator=' or ')}"
    return "", f"the {error.kind} of {year} cannot be met: {named}; {hint}"


def _has_rows(
    tables: Tables, table: str, year: int, sectors: set[str] | None = None
) -> bool:
    """Return whether a table has rows of a year, and of some of the sectors."""
    return any(
        row["year"] == year
        and (sectors is None or row["sector_id"] in {None, *sectors})
        for row in tables.folder.rows[table]
    )


def _nothing_to_share(
    error: NothingToShareError, tables: Tables, year: int
) -> tuple[str, str]:
    region, sector = error.cells[0]
    more = f", and {len(error.cells) - 1:,} more" if len(error.cells) > 1 else ""
    return "known_shares", (
        f"region {_region(tables, region)!r} has shares of sector "
        f"{tables.parent.sectors[sector]!r} in {year} and has nothing to deliver to "
        f"others of its parent region{more}; expected shares of regions that have, or "
        "one row: itself, 1"
    )


def _all_exported(
    error: AllExportedError, tables: Tables, year: int
) -> tuple[str, str]:
    region = tables.parent.regions[error.parent]
    sector = tables.parent.sectors[error.sector]
    if error.parent_share is not None:
        return "exports", (
            f"parent region {region!r} itself exports {_percent(error.parent_share)} "
            f"of the output of sector {sector!r} in {year}, no less than what each "
            f"region can {_LIMIT}; leave out the rows of this sector"
        )
    return "exports", (
        f"all regions of parent region {region!r} with exports of sector {sector!r} in "
        f"{year} are above {_CAN_EXPORT}; expected exports of more regions, or no rows "
        "of this sector"
    )


def _region(tables: Tables, position: int, parent: int | None = None) -> str:
    """Return the id of a region, by its position in the table or in its parent."""
    if parent is not None:
        position += int(np.argmax(tables.groups == parent))
    return tables.regions[position]["region_id"]


# error of the algebra -> table whose file is to blame, or nothing, and the reason
_REASONS: dict[type[Exception], Callable[..., tuple[str, str]]] = {
    NoIndicatorError: _no_indicator,
    LostFigureError: _lost_figure,
    AllExportedError: _all_exported,
    NothingToShareError: _nothing_to_share,
    ValueAddedAboveOutputError: _value_added_above_output,
    TotalsNotMetError: _totals_not_met,
    NotBalancedError: _not_balanced,
}
