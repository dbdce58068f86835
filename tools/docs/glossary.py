"""Render the glossary as one Markdown page."""

import re
from itertools import groupby

from carbonshed.report.glossary import glossary

HEAD = """\
# Glossary

Look up a term and the column that has it. Columns are in the [data
dictionary](data_dictionary.md), formulas in [Methods](../methods.md). Written from
`carbonshed/report/glossary.csv` by `make docs`; do not edit it by hand.
"""
NOTES = {
    "Inequality": """\
Each person is assigned the region's average, so all measures are of inequality between
regions.

""",
    "A price on carbon": """\
Nobody reacts: it is what a price costs at first, if all of it is passed on.

""",
}
TAIL = """
What each may be compared with outside: [What may I compare this with?](compare.md)
"""
TABLE = "| term | meaning | column |\n|---|---|---|\n"


def render() -> str:
    """Return the page."""
    parts = [HEAD]
    for group, terms in groupby(glossary(), key=lambda each: each["group"]):
        parts += [f"\n## {group}\n\n", NOTES.get(group, ""), TABLE]
        parts += [f"| {x['term']} | {x['meaning']} | {x['column']} |\n" for x in terms]
    parts.append(TAIL)
    # links are written as pages of docs/ have them
    return re.sub(r"\]\((?=\w+\.md)(?!data_dictionary)", "](../", "".join(parts))
