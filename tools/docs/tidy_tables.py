"""Render the tables of a tidy folder as one Markdown page."""

from carbonshed.dataset.contract import INPUT_TABLES
from carbonshed.readers.templates import table_section

HEAD = """\
# The tables of a tidy folder

Every column of every table. Written from `carbonshed/dataset/contract.py` by
`make docs`; do not edit it by hand. [Bring your own
table](../bring_your_own_table.md) says how to fill them in.
"""


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(f"{table_section(x)}\n" for x in INPUT_TABLES.values())])
