"""Labels, titles and years on a sheet that contradict the map.

A map identifies lines in one way: by one line of labels, by the order of its lists, or
by the name of a sheet. No other label of the sheet may contradict that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.grids import Books
from carbonshed.readers.files.workbooks import cell_name
from carbonshed.readers.vocabulary import role_of
from carbonshed.readers.workbook.axes import (
    Axis,
    Headers,
    Names,
    Used,
    header_texts,
    near_lines,
)
from carbonshed.readers.workbook.map import Plan, YearCell
from carbonshed.text import listing

_TITLE_ROWS = 8
_SHORTEST = 3  # characters of a region that is looked for within a text

_Pair = tuple[int, int]  # a position, and the index of its label

_YEAR_WORD = re.compile(r"(?<![\d.,])(1[89]\d\d|20\d\d)(?![\d]|[.,]\d)")
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


def check_year(plan: Plan, used: Sequence[Used], books: Books) -> list[Decision]:
    """Make sure that the sheets are of the year.

    The cells of ``year_cell`` must hold it. Without any, the name of a sheet, its
    titles, and columns beside the rows that hold nothing but a year must not name
    other years alone.
    """
    confirmed = {_check_cell(plan, books, cell) for cell in plan.map.year_cell}
    sheets: dict[str, Used] = {}
    for block in sorted(used, key=lambda block: not block.is_matrix):
        sheets.setdefault(block.sheet, block)
    decisions = []
    for where, block in sheets.items():
        if where not in confirmed:
            decisions += _check_sheet(plan, block, is_doubtful=bool(plan.map.year_cell))
    files = {
        where.partition(": sheet ")[0]
        for where, block in sheets.items()
        if block.is_matrix
    }
    if not confirmed and not plan.has_years:
        says = any(_says_year(plan, block) for block in sheets.values())
        decisions += [] if says else _other_files(plan, files)
    return decisions


def _other_files(plan: Plan, files: set[str]) -> list[Decision]:
    """Return the files whose names say one other year, where nothing says this one."""
    decisions = []
    for file in sorted(files):
        years = years_in(file)
        if len(years) == 1 and plan.year not in years:
            text = (
                f"WARNING: the name of {file} says {_all(years)}, and the map "
                f"{plan.year}; no sheet, title or `year_cell` says which is right"
            )
            decisions.append(Decision("other_year", text))
    return decisions


def years_in(text: str) -> set[int]:
    """Return the years that a text names: 2012, and both of 2011-12 and 2011/2012."""
    years = set()
    for match in _YEAR_SPAN.finditer(text.replace("_", " ")):
        first = int(match[1])
        years.add(first)
        last = match[2] or ""
        if len(last) == 4:
            years.add(int(last))
        elif last and (first + 1) % 100 == int(last):
            years.add(first + 1)
    return years


def _check_cell(plan: Plan, books: Books, cell: YearCell) -> str:
    """Refuse a cell that does not hold the year; return its file and sheet."""
    frame = plan.layout.blocks[plan.main].frame
    grid = books.grid(cell.file or frame.file, cell.sheet or frame.sheet)
    text = grid.text(*cell.position)
    numbers = re.findall(r"\d+", text)
    if not (cell.text in text if cell.text else str(plan.year) in numbers):
        content = f"the text {cell.text!r}" if cell.text else f"the year {plan.year}"
        raise CarbonshedError(
            f"{grid.where}: cell {cell.cell} (`year_cell`) is {text[:60]!r}; "
            f"expected {content}"
        )
    return grid.where


def _check_sheet(plan: Plan, used: Used, *, is_doubtful: bool) -> list[Decision]:
    """Refuse a sheet of another year, or warn if a cell elsewhere speaks for it."""
    sheet = _years_of_name(used)
    if sheet and plan.year not in sheet:
        reason = f"the name of the sheet says {_all(sheet)}"
        if not is_doubtful and not used.key.startswith(_EMISSIONS):
            raise _other_year(plan, used.sheet, reason)
        text = f"WARNING: {used.sheet}: {reason}, and the map {plan.year}"
        return [Decision("other_year", text)]
    if is_doubtful or not used.is_matrix:
        return []
    titles = _years_of_titles(used)
    if titles and plan.year not in titles and plan.year not in sheet:
        raise _other_year(plan, used.sheet, f"its titles say {_all(titles)}")
    for column, text in _years_beside(used):
        if text != str(plan.year):
            where = cell_name(used.rows[0], column)
            raise _other_year(plan, used.sheet, f"{where} and below say {text}")
    return []


def _says_year(plan: Plan, used: Used) -> bool:
    """Return whether the sheet says the year of the map."""
    beside = [int(text) for _, text in _years_beside(used)] if used.is_matrix else []
    years = {*_years_of_name(used), *_years_of_titles(used), *beside}
    return plan.year in years


def _years_of_name(used: Used) -> set[int]:
    # use the name of the sheet, not of the file: a file may be of many years
    return years_in(used.sheet.partition(": sheet ")[2])


def _years_of_titles(used: Used) -> set[int]:
    grid, area = used.left.grid, used.left.area
    return {
        year
        for row in range(area.top, min(used.rows[0], *used.above.lines))
        for column in range(min(8, len(grid.rows[row])))
        for year in years_in(grid.text(row, column))
    }


def _years_beside(used: Used) -> Iterator[tuple[int, str]]:
    """Yield the columns beside the rows that hold one year and nothing else."""
    grid = used.left.grid
    for column in range(used.columns[0]):
        text = grid.text(used.rows[0], column)
        if column in used.left.lines or not _YEAR_WORD.fullmatch(text):
            continue
        if all(grid.text(row, column) == text for row in used.rows):
            yield column, text


def _all(years: Iterable[int]) -> str:
    return listing(sorted(years), 6)


def _other_year(plan: Plan, where: str, reason: str) -> CarbonshedError:
    return CarbonshedError(
        f"{where}: {reason}; expected the year {plan.year} of the map, or a "
        "`year_cell` that holds it"
    )
