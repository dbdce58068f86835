"""Render the tables of a folder that users fill in as one Markdown page."""

from collections.abc import Mapping

from carbonshed.compile.statistics_folder import STATISTICS_TABLES
from carbonshed.dataset.contract import INPUT_TABLES, InputTable
from carbonshed.readers.templates import table_section

TIDY = """\
# The tables of a tidy folder

Every column of every table. Written from `carbonshed/dataset/contract.py` by
`make docs`; do not edit it by hand. [Bring your own
table](../bring_your_own_table.md) says how to fill them in.
"""
STATISTICS = """\
# The tables of a folder of statistics

Every column of every table that `carbonshed compile` reads. Written from
`carbonshed/compile/statistics_folder.py` by `make docs`; do not edit it by hand. [A
table for many regions](../compile.md) says how to fill them in.
"""


def render_tidy() -> str:
    """Return the page on the tables of a user's own table."""
    return _render(TIDY, INPUT_TABLES)


def render_statistics() -> str:
    """Return the page on the tables that a compiled table is made from."""
    return _render(STATISTICS, STATISTICS_TABLES)


def _render(head: str, tables: Mapping[str, InputTable]) -> str:
    return "\n".join([head, *(f"{table_section(each)}\n" for each in tables.values())])
