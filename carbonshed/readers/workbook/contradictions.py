"""Labels, titles and years on a sheet that contradict the map.

A map identifies lines in one way: by one line of labels, by the order of its lists, or
by the name of a sheet. No other label of the sheet may contradict that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Books, Grid
from carbonshed.readers.files.workbooks import cell_name, text_of
from carbonshed.readers.vocabulary import nearest_name, role_of
from carbonshed.readers.workbook.axes import Axis, Headers, Names, Used
from carbonshed.readers.workbook.map import Plan, Row, YearCell
from carbonshed.text import listing

_TITLE_ROWS = _TITLE_COLUMNS = 8
_SHORTEST = 3  # characters of a region that is looked for within a text

# 2012, 2011-12, 2011/2012
_YEAR_SPAN = re.compile(
    r"(?<![\d.,])(1[89]\d\d|20\d\d)(?![\d]|[.,]\d)"
    r"(?:\s?[-/\N{EN DASH}]\s?((?:1[89]|20)\d\d|\d\d)(?!\d))?"
)
_EMISSIONS = ("blocks.emissions", "blocks.direct_emissions")


def check_labels(
    headers: Headers, axis: Axis, names: Names, before: int, key: str
) -> None:
    """Refuse lines beside which the map has the labels of other lines.

    They are wrong if the labels of all of them are exchanged among each other, or if
    a line of names is known for the most part.
    """
    rule = headers.rule
    lines = headers.near_lines(before)
    if not rule.is_ordered and rule.labels is None:
        # the axis was read by its own headers
        lines = [line for line in lines if line not in headers.lines]
    expected = {p: k % names.n_inner for p, k in axis.index_by_position.items()}
    for line in lines:
        texts = {p: _text(headers, line, p, axis) for p in expected}
        labelled = _labelled_indices(texts, names, headers.is_across)
        wrong = {p: k for p, k in labelled.items() if k != expected[p]}
        if not wrong:
            continue
        is_exchanged = {expected[p] for p in wrong} == set(wrong.values())
        has_names = any(c.isalpha() for p in wrong for c in texts[p])
        if is_exchanged or (has_names and 2 * len(labelled) > len(expected)):
            titles = {member.index: member.title for member in reversed(names.members)}
            kind = "column" if headers.is_across else "row"
            order = " (`order: true`)" if rule.is_ordered else ""
            more = f", and so on in {len(wrong)} lines" if len(wrong) > 1 else ""
            position, index = next(iter(wrong.items()))
            raise headers.grid.refusal(
                f"`{key}`: cell {headers.address(line, position)} is "
                f"{headers.text(line, position)[:60]!r}, the label of {titles[index]} "
                f"in the map, in the {kind} that is taken for "
                f"{titles[expected[position]]}{order}{more}; expected labels that "
                f"agree: are {names.kind} ids, names or lines of the map moved or "
                "exchanged?"
            )


def check_names(headers: Headers, axis: Axis, names: Names, key: str) -> None:
    """Refuse a line whose name, on a second line of labels, is like that of another."""
    titles = names.titles
    for line, (position, index) in product(
        headers.rule.names, axis.index_by_position.items()
    ):
        text, own = headers.text(line, position), index % names.n_inner
        nearest = nearest_name(text, titles)
        if nearest == own:
            continue
        other = "" if nearest is None else f", a name of {titles[nearest][0]!r}"
        raise headers.grid.refusal(
            f"`{key}`: cell {headers.address(line, position)} calls the {names.kind} "
            f"{headers.label(position, position)[1]!r} {text[:60]!r}{other}; expected "
            f"{listing(titles[own], 2, separator=' or ')} (`names`): is a label "
            "renamed or moved?"
        )


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


def check_lists(grids: Iterable[Grid], names: Names, labels: Sequence[Row]) -> None:
    """Refuse codes to which a list on another sheet gives the names of others.

    In such a list the name of a sector is beside its code, one in a row.
    """
    titles = [text_of(row[f"{names.kind}_name"]) for row in labels]
    index = names.inner(is_across=False)
    codes, named = index.keys() - {*titles}, index.keys() & {*titles}
    for grid in grids:
        texts = [list(filter(None, map(text_of, cells))) for cells in grid.rows]
        pairs = [
            (row, code, name)
            for row, words in enumerate(texts)
            if len(named.intersection(words)) == 1
            for code, name in pairwise(words)
            if code in codes and name in named
        ]
        wrong = [pair for pair in pairs if index[pair[1]] != index[pair[2]]]
        if len(wrong) > max(1, len(pairs) - len(wrong)):
            row, code, name = wrong[0]
            title = titles[names.members[index[code]].index]
            raise grid.refusal(
                f"row {row + 1} calls {code!r} {name[:60]!r}, and the map"
                f" {title[:60]!r}, and so on in {len(wrong)} rows; expected names that"
                f" agree: are {names.kind} ids or names moved or exchanged?"
            )


def check_groups(
    headers: Headers,
    axis: Axis,
    groups: Sequence[str],
    titles: Mapping[int, str],
    before: int,
    key: str,
) -> Iterator[Decision]:
    """Refuse two categories whose headers say the group of the other.

    A WARNING names one whose header says another group.
    """
    if not groups:
        return
    groups_named: dict[int, set[str]] = {}
    headers_of: dict[int, str] = {}
    for position, index in axis.index_by_position.items():
        category = index % len(groups)
        texts = headers.texts_of(position, before)
        groups_named.setdefault(category, set()).add(role_of(tuple(texts)).group)
        headers_of.setdefault(category, " ".join(texts)[:60])
    for one, other in combinations(groups_named, 2):
        is_exchanged = (
            groups[one] != groups[other]
            and groups_named[one] == {groups[other]}
            and groups_named[other] == {groups[one]}
        )
        if is_exchanged:
            raise headers.grid.refusal(
                f"`{key}`: the category {titles[one]} of group {groups[one]} is read "
                f"from {headers_of[one]!r}, and {titles[other]} of group "
                f"{groups[other]} from {headers_of[other]!r}; expected headers that "
                "agree with the groups: are the two exchanged in the map?"
            )
    for category, named in groups_named.items():
        if len(named) > 1 or named <= {"", None, "other", groups[category]}:
            continue
        text = (
            f"WARNING: `{key}`: the category {titles[category]} of group"
            f" {groups[category]} is read from {headers_of[category]!r}, which is"
            f" {listing(named)}: is its `category_group` right, and its header?"
        )
        yield Decision("other_group", text)


def check_region(headers: Headers, axis: Axis, names: Names, before: int) -> None:
    """Refuse lines whose labels name another region than their sheet or order."""
    is_ordered = headers.rule.is_ordered
    if len(names.regions) < 2 or (names.region is None and not is_ordered):
        return
    regions, sectors = names.region_of, names.inner(headers.is_across)
    expected = {p: k // names.n_inner for p, k in axis.index_by_position.items()}
    for line in headers.near_lines(before):
        texts = {position: headers.text(line, position) for position in expected}
        regions_named = {
            p: t for p, t in texts.items() if t in regions and t not in sectors
        }
        wrong = [p for p, text in regions_named.items() if regions[text] != expected[p]]
        if wrong and (is_ordered or len(wrong) == len(regions_named)):
            position = wrong[0]
            subject = "the line" if names.region is None else "the sheet"
            rule = " (`order: true`)" if is_ordered else ""
            raise headers.grid.refusal(
                f"cell {headers.address(line, position)} is "
                f"{regions_named[position]!r}, and {subject} is taken for the region "
                f"{_titles(names, [expected[position]])}{rule}; expected its own "
                "label: are the lines, sheets or files of two regions exchanged?"
            )


def check_titles(
    above: Headers, names: Names, own: set[int], before: int
) -> Iterator[Decision]:
    """Compare what stands above the numbers with the regions a sheet is taken for."""
    if not own or len(names.regions) < 2:
        return
    grid, top = above.grid, above.area.top
    cells = [
        (cell_name(row, column), text)
        for row in range(top, min(before, top + _TITLE_ROWS, len(grid.rows)))
        if row not in above.lines
        for column in range(len(grid.rows[row]))
        if (text := grid.text(row, column))
    ]
    regions_named = named_regions((text for _, text in cells), names)
    if not regions_named or regions_named & own:
        return
    regions, sectors = names.region_of, names.inner(is_across=True)
    for address, text in cells:
        if text in regions and text not in sectors:
            raise grid.refusal(
                f"cell {address} is {text!r}, and the sheet is taken for the region "
                f"{_titles(names, own)}; expected its own name: are the sheets or "
                "files of two regions exchanged?"
            )
    text = (
        f"WARNING: {grid.where}: its titles name the region "
        f"{_titles(names, regions_named)}, and the sheet is taken for "
        f"{_titles(names, own)}: are sheets or files of two regions exchanged?"
    )
    yield Decision("other_region", text)


def check_sheet_names(
    sheets: Sequence[str], names: Names, file: str
) -> Iterator[Decision]:
    """Compare the names of the sheets of regions with the regions."""
    regions = names.region_of
    for region, sheet in enumerate(sheets):
        what = f"`sheet` of the region {_titles(names, [region])} is {sheet!r}"
        if regions.get(sheet, region) != region:
            raise CarbonshedError(
                f"{file}: {what}, the name of the region "
                f"{_titles(names, [regions[sheet]])}; expected its own sheet: are the "
                "two exchanged?"
            )
        regions_named = named_regions([sheet], names)
        if regions_named and region not in regions_named:
            others = _titles(names, regions_named)
            text = (
                f"WARNING: {file}: {what}, which names {others}: are sheets exchanged?"
            )
            yield Decision("other_region", text)


def named_regions(texts: Iterable[str], names: Names) -> set[int]:
    """Return the regions whose labels are among the words of texts."""
    regions = names.region_of
    matches = set()
    for text in texts:
        plain = text.replace("_", " ")
        for label, region in regions.items():
            is_word = rf"(?<!\w){re.escape(label.replace('_', ' '))}(?!\w)"
            is_within = len(label) >= _SHORTEST and label in text
            if text == label or (is_within and re.search(is_word, plain)):
                matches.add(region)
    return matches


def _titles(names: Names, regions: Iterable[int]) -> str:
    """Return the longest label of each region."""
    return listing(
        (max(names.regions[region], key=len) for region in sorted(regions)), quote=True
    )


def check_year(plan: Plan, used: Sequence[Used], books: Books) -> Iterator[Decision]:
    """Make sure that the sheets are of the year.

    The cells of ``year_cell`` must hold it. Without any, the name of a sheet, its
    titles, and columns beside the rows that hold nothing but a year must not name
    other years alone.
    """
    main = [block.grid for block in used if block.key == f"blocks.{plan.main}"]
    frame = plan.layout.blocks[plan.main].frame
    confirmed = {
        _check_cell(plan, grid, cell)
        for cell in plan.map.year_cell
        for grid in (
            [books.grid(cell.file or frame.file, cell.sheet or frame.sheet)]
            if cell.file or cell.sheet
            else main  # maybe one for each region
        )
    }
    sheets: dict[str, Used] = {}
    for block in sorted(used, key=lambda block: not block.is_matrix):
        sheets.setdefault(block.sheet, block)
    for where, block in sheets.items():
        if where not in confirmed:
            yield from _check_sheet(plan, block, is_doubtful=bool(plan.map.year_cell))
    is_said = confirmed or plan.has_years
    if not is_said and not any(plan.year in _years_of(b) for b in sheets.values()):
        files = {b.sheet.partition(": sheet ")[0] for b in used if b.is_matrix}
        for file in sorted(files):
            years = years_in(file)
            if len(years) == 1 and plan.year not in years:
                text = (
                    f"WARNING: the name of {file} says {_listed(years)}, and the map "
                    f"{plan.year}; no sheet, title or `year_cell` says which is right"
                )
                yield Decision("other_year", text)


def years_in(text: str) -> set[int]:
    """Return the years that a text names: 2012, and both of 2011-12 and 2011/2012."""
    years = set()
    for match in _YEAR_SPAN.finditer(text.replace("_", " ")):
        first, last = int(match[1]), match[2] or ""
        years.add(first)
        if len(last) == 4:
            years.add(int(last))
        elif last and (first + 1) % 100 == int(last):
            years.add(first + 1)
    return years


def _check_cell(plan: Plan, grid: Grid, cell: YearCell) -> str:
    """Refuse a cell that does not hold the year; return its file and sheet."""
    text = grid.text(*cell.cell)
    numbers = re.findall(r"\d+", text)
    if not (cell.text in text if cell.text else str(plan.year) in numbers):
        content = f"the text {cell.text!r}" if cell.text else f"the year {plan.year}"
        raise grid.refusal(
            f"cell {cell_name(*cell.cell)} (`year_cell`) is {text[:60]!r}; expected "
            f"{content}"
        )
    return grid.where


def _check_sheet(plan: Plan, used: Used, *, is_doubtful: bool) -> Iterator[Decision]:
    """Refuse a sheet of another year, or warn if a cell elsewhere speaks for it."""

    def refusal(reason: str) -> CarbonshedError:
        return used.grid.refusal(
            f"{reason}; expected the year {plan.year} of the map, or a `year_cell` "
            "that holds it"
        )

    name = _years_of_name(used)
    if name and plan.year not in name:
        reason = f"the name of the sheet says {_listed(name)}"
        if not is_doubtful and not used.key.startswith(_EMISSIONS):
            raise refusal(reason)
        text = f"WARNING: {used.sheet}: {reason}, and the map {plan.year}"
        yield Decision("other_year", text)
        return
    if is_doubtful or not used.is_matrix:
        return
    titles = _years_of_titles(used)
    if titles and plan.year not in titles and plan.year not in name:
        raise refusal(f"its titles say {_listed(titles)}")
    for column, year in _years_beside(used):
        if year != plan.year:
            raise refusal(f"{cell_name(used.rows[0], column)} and below say {year}")


def _years_of(used: Used) -> set[int]:
    """Return the years that a sheet names."""
    beside = (year for _, year in _years_beside(used)) if used.is_matrix else ()
    return {*_years_of_name(used), *_years_of_titles(used), *beside}


def _years_of_name(used: Used) -> set[int]:
    # use the name of the sheet, not of the file: a file may be of many years
    return years_in(used.sheet.partition(": sheet ")[2])


def _years_of_titles(used: Used) -> set[int]:
    return {
        year
        for row in range(used.left.area.top, min(used.rows[0], *used.above.lines))
        for text in _texts_above(used, row)
        for year in years_in(text)
    }


def _texts_above(used: Used, row: int) -> list[str]:
    """Return the first texts of a row, without numbers in a row of several: codes."""
    count = min(_TITLE_COLUMNS, len(used.grid.rows[row]))
    texts = [used.grid.text(row, column) for column in range(count)]
    has_codes = len(set(filter(str.isdigit, texts))) > 1
    return [text for text in texts if not (has_codes and text.isdigit())]


def _years_beside(used: Used) -> Iterator[tuple[int, int]]:
    """Yield the columns beside the rows that hold one year and nothing else."""
    for column in range(used.columns[0]):
        text = used.grid.text(used.rows[0], column)
        if column in used.left.lines or not re.fullmatch(r"(1[89]|20)\d\d", text):
            continue
        if all(used.grid.text(row, column) == text for row in used.rows):
            yield column, int(text)


def _listed(years: Iterable[int]) -> str:
    return listing(sorted(years), 6)
