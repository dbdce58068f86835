"""The study's statements beside this dataset: where they help to read it."""

from typing import Any

from carbonshed.numbers import MISSING, choose_scale
from carbonshed.report.content import Cell, Header, Section, Table
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows


def section(context: Context, rows: Rows) -> Section:
    """Return the study's statements beside the figures of this dataset."""
    text = [
        "The study is Zheng and others (2023), of which only the abstract was used: it "
        "is about 309 cities of China in 2012. A dash in its column means that the "
        "abstract has no figure.",
    ]
    if not all(rows.column("comparable")):
        text.append(
            "Where the last column says why not, the two figures are about different "
            "things: read them side by side, not against each other."
        )
    shared, own = split_scopes(rows.column("scope"))
    if shared:
        # each page begins with the caveat
        shared = shared.replace(context.dataset.get("caveat_note") or "", "").strip()
        text.append(f"Scope of this dataset's figures: {shared}")
    return Section(
        "headlines",
        "The study's statements, and this dataset",
        text,
        tables=[_table(context, rows, own)],
    )


def _table(context: Context, rows: Rows, scopes: list[str]) -> Table:
    headers = [
        Header("Statement", "", False, is_long=True),
        Header("The study", "", True),
        Header("This dataset", "", True),
        Header("May they be compared?", "", False, is_long=True),
    ]
    cells = [_row(context, each, own) for each, own in zip(rows, scopes, strict=True)]
    return Table(
        "headlines",
        "Statements of the study with its figure, and the same computed here",
        headers,
        cells,
        rows,
    )


def _row(context: Context, each: dict[str, Any], own: str) -> list[Cell]:
    unit = each["unit"] if each["unit"] in ("t", "share", "ratio") else "count"
    after = "" if unit != "count" else f" {each['unit']}"
    statement = each["statement"] + (f" ({own})" if own else "")
    figures = []
    for name in ("seed_value", "computed_value"):
        value = each[name]
        text = choose_scale([value], unit, context.currency).full(value)
        figures.append(
            Cell(
                text if text == MISSING else text + after,
                "" if value is None else value,
            )
        )
    answer = "yes" if each["comparable"] else f"no: {each['reason']}"
    return [Cell(statement, statement), *figures, Cell(answer, answer)]


def split_scopes(scopes: list[str]) -> tuple[str, list[str]]:
    """Return the sentences that all scopes share, and those of each alone."""
    sentences = [context.removesuffix(".").split(". ") for context in scopes]
    shared = [
        sentence
        for sentence in sentences[0]
        if all(sentence in others for others in sentences)
    ]
    own = [
        ". ".join(sentence for sentence in each if sentence not in shared)
        for each in sentences
    ]
    return (". ".join(shared) + "." if shared else ""), own
