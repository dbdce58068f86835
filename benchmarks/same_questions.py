"""The same questions asked of Carbonshed, pymrio, MARIO and pyspa.

    python -m benchmarks.same_questions DATASET --peers PYTHON

builds the dataset, a table of the world, exports it for pymrio and asks the programs
in whose environment PYTHON is, which is not this project's: see `answers_of_peers`.
Prints the answers compared and the processor time; with ``--write`` they replace those
of docs/compare.md.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from carbonshed.ask.query import open_published
from carbonshed.paths import project_root

PAGE = Path("docs/compare.md")
BEGIN = "<!-- begin of what benchmarks/same_questions.py writes -->\n"
END = "\n<!-- end of what benchmarks/same_questions.py writes -->"
STRESSOR = "co2"
TONNES = {"kg": 1e-3, "t": 1.0, "kt": 1e3, "Mt": 1e6}
NAMES = {"pymrio": "pymrio", "mariopy": "MARIO", "pyspa": "pyspa"}
ROUNDING = 1e-11  # relative: a larger difference has another cause
START = "start"  # the seconds before a first question
Answers = Mapping[tuple[str, ...], Any]


@dataclass(frozen=True)
class Question:
    """A question in words, in SQL, and in the call of each program.

    Attributes
    ----------
    text
        The question.
    sql
        Labels, then a number or a word.
    calls
        The expression by program; one in words is no function of it.
    unit
        Exponents of mass and of money in the unit of the number.
    """

    text: str
    sql: str
    calls: Mapping[str, str]
    unit: tuple[int, int] = (0, 0)


EMISSIONS, INTENSITY, MONEY = (1, 0), (1, -1), (0, 1)
RAW_LINKAGES = "`calc_linkages(multi_mode=False, normalized=False, cut_diag=False)`"
QUESTIONS = {
    "footprints": Question(
        "Footprint of a country, with direct emissions",
        "select region_id, consumption_footprint from regional_accounts"
        " where stressor_id = 'co2'",
        {"pymrio": "`emissions.D_cba_reg`", "mariopy": "by hand: f Y + EY"},
        EMISSIONS,
    ),
    "value_added": Question(
        "Value added in what a country buys",
        "select region_id, consumption_footprint from regional_accounts"
        " where stressor_id = 'value_added'",
        {"pymrio": "`value_added.D_cba_reg`", "mariopy": "by hand: m Y"},
        MONEY,
    ),
    "flows": Question(
        "Emissions of one country for the purchases of another",
        "select origin_region_id, destination_region_id, sum(emissions)"
        " from embodied_flows where stressor_id = 'co2' group by all",
        {
            "pymrio": "`emissions.diag_stressor`",
            "mariopy": "`calc_trades_content(intermediate=False, breakdown=True)`",
        },
        EMISSIONS,
    ),
    "inflows": Question(
        "Emissions abroad for the purchases of a country",
        "select region_id, inflow_emissions from regional_accounts"
        " where stressor_id = 'co2'",
        {"pymrio": "`emissions.D_imp_reg`", "mariopy": "`calc_embodied_imports`"},
        EMISSIONS,
    ),
    "total_intensities": Question(
        "Total intensity of a sector",
        "select region_id, sector_id, total_intensity from multipliers"
        " where stressor_id = 'co2'",
        {"pymrio": "`emissions.M`", "mariopy": "`f`"},
        INTENSITY,
    ),
    "downstream_intensities": Question(
        "Emissions of a sector and all its buyers, per unit of its output",
        "select region_id, sector_id, downstream_intensity from emission_linkages"
        " where stressor_id = 'co2'",
        {"pymrio": "`emissions.M_down`, and `S` added", "mariopy": "by hand: g e"},
        INTENSITY,
    ),
    "backward": Question(
        "Backward linkage",
        "select region_id, sector_id, backward from sector_linkages",
        {
            "pymrio": "by hand: column sums of L",
            "mariopy": RAW_LINKAGES,
        },
    ),
    "forward": Question(
        "Forward linkage",
        "select region_id, sector_id, forward from sector_linkages",
        {
            "pymrio": "by hand: row sums of G",
            "mariopy": RAW_LINKAGES,
        },
    ),
    "backward_indices": Question(
        "Backward index",
        "select region_id, sector_id, backward_index from sector_linkages",
        {"mariopy": "`calc_linkages(multi_mode=False)`"},
    ),
    "forward_indices": Question(
        "Forward index",
        "select region_id, sector_id, forward_index from sector_linkages",
        {"mariopy": "`calc_linkages(multi_mode=False)`"},
    ),
    "linkage_types": Question(
        "Linkage type: key, backward, forward or weak",
        "select region_id, sector_id, linkage_type from sector_linkages",
        {"mariopy": "by hand: both indices compared with 1"},
    ),
    "paths": Question(
        "Supply paths from 0.1 % of a country's footprint on",
        "select region_id, path, emissions from supply_paths where stressor_id = 'co2'",
        {"mariopy": "`calc_spa`", "pyspa": "`get_spa`"},
        EMISSIONS,
    ),
    "extraction": Question(
        "Emissions that vanish with a country, or with a sector everywhere",
        "select extracted_kind, extracted_id, vanishing_emissions"
        " from extraction_effects where stressor_id = 'co2'",
        {"pymrio": "by hand: another L for each"},
        EMISSIONS,
    ),
}


def difference(question: str, ours: Answers, theirs: Answers) -> str:
    """Say how far answers are from ours, relative to ours, and which are missing."""
    shared = ours.keys() & theirs.keys()
    if question == "linkage_types":
        other = sum(theirs[labels] != ours[labels] for labels in shared)
        return f"another type for {other:,}"
    relative = [
        abs(theirs[labels] / ours[labels] - 1) for labels in shared if ours[labels]
    ]
    if not all(map(math.isfinite, relative)):
        raise ValueError(f"{question}: an answer is no number")
    absent = sum(bool(theirs[labels]) for labels in shared if not ours[labels])
    largest, median = max(relative), statistics.median(relative)
    percentages = f"up to {largest:.0%}, half above {median:.1%}".replace("%", " %")
    parts = [f"up to {largest:.0e}" if largest < ROUNDING else percentages]
    if absent:
        parts.append(f"{absent:,} where ours is 0")
    if missing := ours.keys() - shared:
        parts.append(f"{len(missing):,} missing: {_missing_paths(missing, ours)}")
    if more := len(theirs) - len(shared):
        parts.append(f"{more:,} more")
    return "; ".join(parts)


def _missing_paths(missing: Iterable[tuple[str, ...]], ours: Answers) -> str:
    """Count missing paths by cause, and write the largest with its amount in Mt."""

    def is_hidden(region: str, path: str) -> bool:
        """Tell whether a producer on the way to the emitter is not listed itself."""
        nodes = path.split(" <- ")
        ways = (" <- ".join(nodes[:end]) for end in range(1, len(nodes)))
        return any((region, way) not in ours for way in ways)

    hidden = sum(is_hidden(region, path) for region, path in missing)
    negative = sum(ours[labels] < 0 for labels in missing)
    region, path = largest = max(missing, key=lambda labels: abs(ours[labels]))
    return (
        f"{hidden} behind a producer below the cut-off, {negative} negative; the"
        f" largest is `{path}` for {region}, {ours[largest] / 1e6:.1f} Mt"
    )


def linkage_types(backward: Answers, forward: Answers) -> Answers:
    """Return the type of every sector by its two indices, as docs/methods.md has it."""
    names = {(True, True): "key", (True, False): "backward", (False, True): "forward"}
    return {
        labels: names.get((index > 1, forward[labels] > 1), "weak")
        for labels, index in backward.items()
    }


def answers_of_publication(
    connection: duckdb.DuckDBPyConnection, question: str
) -> Answers:
    """Ask a publication; masses in t, money in currency units."""
    rows = connection.execute(QUESTIONS[question].sql).fetchall()
    return {tuple(labels): value for *labels, value in rows}


def answers_in_our_units(rows: list[list], question: str, system: Path) -> Answers:
    """Turn rows of a program from the units of an exported system into ours."""
    facts = json.loads((system / "carbonshed.json").read_text("utf-8"))
    units = {row["stressor_id"]: row["unit"] for row in facts["stressors"]}
    mass, money = QUESTIONS[question].unit
    currency = facts["descriptor"]["mrio"]["currency_unit"]
    factor = TONNES[units[STRESSOR]] ** mass * currency**money
    return {tuple(labels): value * factor for *labels, value in rows}


@dataclass(frozen=True)
class Responses:
    """Answers and seconds of processor time by program and question."""

    answers: dict[tuple[str, str], Answers]
    seconds: dict[tuple[str, str], float]
    versions: dict[str, str]


def ask_publication(dataset: str) -> tuple[dict[str, Answers], float]:
    """Return our answers by question, and the seconds that all took."""
    start = time.process_time()
    with open_published(dataset) as connection:
        answers = {
            question: answers_of_publication(connection, question)
            for question in QUESTIONS
        }
    return answers, time.process_time() - start


def ask_peers(dataset: str, python: str, root: Path) -> Responses:
    """Export a dataset and ask the programs of another environment."""
    responses = Responses({}, {}, {})
    with tempfile.TemporaryDirectory() as folder:
        system, file = Path(folder) / "system", Path(folder) / "answers.json"
        _run(root, _ours("carbonshed"), "export", "pymrio", dataset, system)
        if (system / "imports").exists():
            sys.exit(
                f"error: {dataset} has imports from outside, and the other programs"
                " know of none; choose a table of the world"
            )
        _run(root, python, "benchmarks/answers_of_peers.py", system, STRESSOR, file)
        for entry in json.loads(file.read_text("utf-8")):
            question, (program, version) = entry["question"], entry["program"].split()
            responses.versions[program] = f"{NAMES[program]} {version}"
            responses.seconds[program, question] = entry["seconds"]
            if question != START:
                answers = answers_in_our_units(entry["answers"], question, system)
                responses.answers[program, question] = answers
    indices = ("backward_indices", "forward_indices")
    types = linkage_types(*(responses.answers["mariopy", index] for index in indices))
    responses.answers["mariopy", "linkage_types"] = types
    return responses


def render(ours: dict[str, Answers], responses: Responses) -> str:
    """Return the answers compared, in Markdown."""
    lines = ["| question | asked of | by | difference |", "|---|---|---|---|"]
    for name, question in QUESTIONS.items():
        count = f"{len(ours[name]):,} answers"
        lines.append(f"| {question.text} | Carbonshed | `{question.sql}` | {count} |")
        for program, call in question.calls.items():
            distance = difference(name, ours[name], responses.answers[program, name])
            lines.append(f"| | {NAMES[program]} | {call} | {distance} |")
    return "\n".join(lines)


def render_seconds(built: float, questions: float, responses: Responses) -> str:
    """Return the seconds of processor time, in Markdown."""
    lines = [
        "| seconds of processor time | before the first question | all questions |"
        " the slowest |",
        "|---|---|---|---|",
        f"| Carbonshed | {built:.0f} | {questions:.1f} | |",
    ]
    for program, name in responses.versions.items():
        spent = {
            question: seconds
            for (of, question), seconds in responses.seconds.items()
            if of == program
        }
        start = spent.pop(START)
        slowest = max(spent, key=spent.__getitem__)
        lines.append(
            f"| {name} | {start:.0f} | {sum(spent.values()):.0f} |"
            f" {slowest}, {spent[slowest]:.0f} |"
        )
    return "\n".join(lines)


def build(name: str, root: Path) -> float:
    """Build a dataset from nothing; return the seconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    chosen = ("--vars", "extraction: true", "--", "--full-refresh")
    _run(root, _ours("carbonshed"), "build", name, *chosen)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ours(command: str) -> Path:
    return Path(sys.executable).with_name(command)


def _run(root: Path, *command: str | Path) -> None:
    subprocess.run(command, check=True, cwd=root, stdout=sys.stderr)


def main() -> None:
    """Build, ask, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset")
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE}")
    options = parser.parse_args()
    root = project_root()
    built = build(options.dataset, root)
    ours, seconds = ask_publication(options.dataset)
    responses = ask_peers(options.dataset, options.peers, root)
    programs = ", ".join(responses.versions.values())
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    origin = (
        f"Dataset `{options.dataset}`; {programs}; {today}, {os.cpu_count()} cores."
    )
    compared = render(ours, responses)
    text = "\n\n".join((origin, compared, render_seconds(built, seconds, responses)))
    print(text)
    if options.write:
        page = root / PAGE
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        end = rest.partition(END)[2]
        page.write_text(f"{before}{BEGIN}\n{text}\n{END}{end}", "utf-8")


if __name__ == "__main__":
    main()
