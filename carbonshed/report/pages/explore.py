"""A page of levers that answer at once, from data of the publication beside them."""

from typing import Any

from carbonshed.report.colours import colour_of
from carbonshed.report.content import Card, Page
from carbonshed.report.context import Context
from carbonshed.report.levers import Levers, make_levers
from carbonshed.report.pages import reasons
from carbonshed.report.queries import Marts
from carbonshed.text import sentence

TITLE = "What if"

# below the levers: id, heading, and the keys of its colours
_PICTURES = (
    (
        "bars",
        "Whose levers avoid how much",
        (
            ("producers", "by cleaner producers"),
            ("consumers", "by consumers who buy less"),
        ),
    ),
    ("asks", "Who would buy how much less", (("consumers", "buys less by"),)),
    (
        "spills",
        "What changes for the others",
        (
            ("loses", "emissions at home fall: others buy less from there"),
            ("gains", "footprint falls: what they buy is cleaner"),
        ),
    ),
    (
        "receivers",
        "Who may grow, per person",
        (
            ("before", "today"),
            ("after", "after"),
            ("beyond", "beyond what is observed"),
        ),
    ),
)


def page(context: Context, marts: Marts) -> Page:
    """Make the page."""
    levers = _levers(context, marts)
    summary = marts.ask("quota/summary")
    return Page(
        TITLE,
        "Choose who acts, how far, and who may grow. It is not a forecast.",
        [],
        finding=context.finding("emissions_avoided"),
        headline=context.headline("emissions_avoided"),
        next_step=Card(
            "quota.html", "Scenarios", "The shipped ones, sector by sector."
        ),
        template="explore.html",
        more={
            "levers": levers.script,
            "why": sentence(levers.reason),
            "explorer": _words(context),
            "producers": reasons.on_producers(context, summary),
            "has_benchmarks": "national_intensities"
            not in summary.column("producer_premise"),
            "pictures": _PICTURES,
            "scripts": {"levers.js": levers.script} if levers.script else {},
        },
    )


def _levers(context: Context, marts: Marts) -> Levers:
    """Return the data, or the reason why nothing can be moved here."""
    if not len(marts.ask("quota/summary")):
        return Levers(reason=reasons.why_empty(context, reasons.NO_SCENARIO))
    return make_levers(context, marts)


def _words(context: Context) -> dict[str, Any]:
    """Return what the page says besides numbers, and what its files are marked with."""
    return {
        "nouns": [context.region, context.regions],
        "caveat": context.mark,
        "stem": context.stem,
        "marks": context.marks,
        "source": context.notes,
        "colours": {noun: colour_of(noun) for noun in ("producers", "consumers")},
        "remedy": (
            "Make the report again: carbonshed report " + context.dataset["name"]
        ),
    }
