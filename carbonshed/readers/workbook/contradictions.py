"""Labels and titles on a sheet that contradict the map.

A map identifies lines in one way: by one line of labels, by the order of its lists, or
by the name of a sheet. No other label of the sheet may contradict that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.vocabulary import role_of
from carbonshed.readers.workbook.axes import Axis, Names
from carbonshed.readers.workbook.headers import Headers, header_texts, near_lines
from carbonshed.text import listing

_TITLE_ROWS = 8
_SHORTEST = 3  # characters of a region that is looked for within a text

_Pair = tuple[int, int]  # a position, and the index of its label


def check_labels(
    headers: Headers, axis: Axis, names: Names, before: int, key: str
) -> None:
    """Refuse lines beside which the map has the labels of other lines.

    They are wrong if the labels of all of them are exchanged among each other, or if
    a line of names is known for the most part.
    """
    expected = dict(zip(axis.positions.tolist(), axis.indices.tolist(), strict=True))
    for line in _lines_to_check(headers, before):
        texts = {p: _text(headers, line, p, axis) for p in expected}
        labelled = _labelled_indices(texts, names, headers.is_across)
        wrong = [
            (p, k) for p, k in labelled.items() if k != expected[p] % names.n_inner
        ]
        if not wrong:
            continue
        expected_indices = {expected[p] % names.n_inner for p, _ in wrong}
        is_exchanged = expected_indices == {index for _, index in wrong}
        has_names = any(c.isalpha() for p, _ in wrong for c in texts[p])
        if is_exchanged or (has_names and 2 * len(labelled) > len(expected)):
            raise _other_line(headers, line, wrong, expected, names, key)


def _lines_to_check(headers: Headers, before: int) -> list[int]:
    lines = near_lines(headers, before)
    rule = headers.rule
    if rule.is_ordered or rule.labels is not None:
        return lines
    # by these the axis was read
    return [line for line in lines if line not in headers.lines]


def _text(headers: Headers, line: int, position: int, axis: Axis) -> str:
    """Return a header cell; of the line of labels, what counts of it."""
    if line == headers.lines[-1] and headers.rule.labels is None:
        return headers.label(position, int(axis.positions.min()))[1]
    return headers.text(line, position)


def _labelled_indices(
    texts: dict[int, str], names: Names, is_across: bool
) -> dict[int, int]:
    """Return the index of each label of the map that is no heading."""
    inner = names.inner(is_across)
    counts = Counter(texts.values())
    most = len(names.own_regions)
    return {
        position: names.members[inner[text]].index
        for position, text in texts.items()
        if text in inner and counts[text] <= most
    }


def _other_line(
    headers: Headers,
    line: int,
    wrong: list[_Pair],
    expected: dict[int, int],
    names: Names,
    key: str,
) -> CarbonshedError:
    position, index = wrong[0]
    titles = {member.index: member.title for member in reversed(names.members)}
    kind = "column" if headers.is_across else "row"
    rule = " (`order: true`)" if headers.rule.is_ordered else ""
    more = f", and so on in {len(wrong)} lines" if len(wrong) > 1 else ""
    return CarbonshedError(
        f"{headers.grid.where}: `{key}`: cell {headers.address(line, position)} is "
        f"{headers.text(line, position)[:60]!r}, the label of {titles[index]} in the "
        f"map, in the {kind} that is taken for "
        f"{titles[expected[position] % names.n_inner]}{rule}{more}; expected labels "
        f"that agree: are {names.kind} ids, names or lines of the map moved or "
        "exchanged?"
    )


def check_groups(
    headers: Headers,
    axis: Axis,
    groups: Sequence[str],
    titles: Mapping[int, str],
    before: int,
    key: str,
) -> None:
    """Refuse two categories whose headers say the group of the other."""
    if not groups:
        return
    groups_named: dict[int, set[str]] = {}
    headers_of: dict[int, str] = {}
    for position, index in zip(axis.positions, axis.indices, strict=True):
        category = int(index) % len(groups)
        texts = header_texts(headers, int(position), before)
        groups_named.setdefault(category, set()).add(role_of(tuple(texts)).group)
        headers_of.setdefault(category, " ".join(texts)[:60])
    for one, other in combinations(groups_named, 2):
        is_exchanged = (
            groups[one] != groups[other]
            and groups_named[one] == {groups[other]}
            and groups_named[other] == {groups[one]}
        )
        if is_exchanged:
            raise CarbonshedError(
                f"{headers.grid.where}: `{key}`: the category {titles[one]} of group "
                f"{groups[one]} is read from {headers_of[one]!r}, and {titles[other]} "
                f"of group {groups[other]} from {headers_of[other]!r}; expected "
                "headers that agree with the groups: are the two exchanged in the map?"
            )


def check_region(headers: Headers, axis: Axis, names: Names, before: int) -> None:
    """Refuse lines whose labels name another region than their sheet or order."""
    is_ordered = headers.rule.is_ordered
    if len(names.regions) < 2 or (names.region is None and not is_ordered):
        return
    regions, sectors = names.region_of(), names.inner(headers.is_across)
    indices = zip(axis.positions.tolist(), axis.indices.tolist(), strict=True)
    expected = {position: index // names.n_inner for position, index in indices}
    for line in near_lines(headers, before):
        texts = {position: headers.text(line, position) for position in expected}
        regions_named = {
            p: t for p, t in texts.items() if t in regions and t not in sectors
        }
        wrong = [p for p, text in regions_named.items() if regions[text] != expected[p]]
        if wrong and (is_ordered or len(wrong) == len(regions_named)):
            position = wrong[0]
            what = "the line" if names.region is None else "the sheet"
            rule = " (`order: true`)" if is_ordered else ""
            raise CarbonshedError(
                f"{headers.grid.where}: cell {headers.address(line, position)} is "
                f"{regions_named[position]!r}, and {what} is taken for the region "
                f"{_title(names, expected[position])}{rule}; expected its own label: "
                "are the lines, sheets or files of two regions exchanged?"
            )


def check_titles(above: Headers, names: Names, own: set[int], before: int) -> list:
    """Compare what stands above the numbers with the regions a sheet is taken for."""
    if not own or len(names.regions) < 2:
        return []
    grid, top = above.grid, above.area.top
    cells = [
        (above.address(row, column), text)
        for row in range(top, min(before, top + _TITLE_ROWS, len(grid.rows)))
        if row not in above.lines
        for column in range(len(grid.rows[row]))
        if (text := grid.text(row, column))
    ]
    regions_named = named_regions((text for _, text in cells), names)
    if not regions_named or regions_named & own:
        return []
    regions = names.region_of()
    own_titles = listing(_title(names, region) for region in sorted(own))
    sectors = names.inner(is_across=True)
    for address, text in cells:
        if text in regions and text not in sectors:
            raise CarbonshedError(
                f"{grid.where}: cell {address} is {text!r}, and the sheet is taken for "
                f"the region {own_titles}; expected its own name: are the sheets or "
                "files of two regions exchanged?"
            )
    others = listing(_title(names, region) for region in sorted(regions_named))
    text = (
        f"WARNING: {grid.where}: its titles name the region {others}, and the sheet is "
        f"taken for {own_titles}: are sheets or files of two regions exchanged?"
    )
    return [Decision("other_region", text)]


def check_sheet_names(sheets: Sequence[str], names: Names, file: str) -> list[Decision]:
    """Compare the names of the sheets of regions with the regions."""
    regions = names.region_of()
    decisions = []
    for region, sheet in enumerate(sheets):
        if regions.get(sheet, region) != region:
            raise CarbonshedError(
                f"{file}: `sheet` of the region {_title(names, region)} is {sheet!r}, "
                f"the name of the region {_title(names, regions[sheet])}; expected its "
                "own sheet: are the two exchanged?"
            )
        regions_named = named_regions([sheet], names)
        if regions_named and region not in regions_named:
            others = listing(_title(names, other) for other in sorted(regions_named))
            text = (
                f"WARNING: {file}: `sheet` of the region {_title(names, region)} is "
                f"{sheet!r}, which names {others}: are sheets exchanged?"
            )
            decisions.append(Decision("other_region", text))
    return decisions


def named_regions(texts: Iterable[str], names: Names) -> set[int]:
    """Return the regions whose labels are among the words of texts."""
    region_labels = {
        text: region
        for text, region in names.region_of().items()
        if len(text) >= _SHORTEST
    }
    regions = set()
    for text in texts:
        plain = text.replace("_", " ")
        for label, region in region_labels.items():
            is_word = rf"(?<!\w){re.escape(label.replace('_', ' '))}(?!\w)"
            if label in text and re.search(is_word, plain):
                regions.add(region)
        if text in names.region_of():
            regions.add(names.region_of()[text])
    return regions


def _title(names: Names, region: int) -> str:
    return repr(max(names.regions[region], key=len))
