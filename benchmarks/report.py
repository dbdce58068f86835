"""The benchmark's page."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("page.md")

PROGRAMS = ("floor", "bare", "carbonshed", "inverse", "pymrio")
BUILDS = ("audit", "build", "rebuild")
TESTED = "tested"  # a build before it is published


@dataclass(frozen=True)
class Case:
    """The measurements on one table.

    Attributes
    ----------
    rows, demands
        n and k.
    runs
        A `Measured` for each program and for `build`.
    nodes
        Stage and seconds of each node of the last build.
    floor
        Seconds below which no solve can be.
    """

    rows: int
    demands: int
    runs: dict[str, Any]
    nodes: dict[str, tuple[str, float]]
    floor: float

    def seconds(self, program: str) -> float | None:
        """Return the seconds of a program, or None if it was not run."""
        if program == "floor":
            return self.floor
        if program == TESTED:
            return self.runs["build"].wall - self.runs["build"].steps["publish"]
        run = self.runs.get(program)
        return run.wall if run else None


def render(
    cases: list[Case],
    questions: dict[str, float],
    ingest: tuple[float, float],
    rates: tuple[float, float],
    machine: str,
) -> str:
    """Return the page in Markdown.

    Parameters
    ----------
    cases : list of Case
        Smallest table first.
    questions : dict
        Seconds of each ready question.
    ingest : tuple
        Seconds of the ingest and of the bare COPY.
    rates : tuple
        Operations and bytes a second.
    machine : str
    """
    largest = cases[-1]
    runs = largest.runs
    kinds = [node.split(".")[0] for node in largest.nodes]
    ordered = sorted(questions, key=questions.get)
    return TEMPLATE.read_text("utf-8").format(
        machine=machine,
        blas=_kernels(runs),
        multiply=rates[0] / 1e9,
        read=rates[1] / 1e9,
        heads=" | ".join(f"n = {case.rows:,}, k = {case.demands:,}" for case in cases),
        lines="|".join("---" for _ in cases),
        rows=_table(cases, (*PROGRAMS, *BUILDS, TESTED), Case.seconds, ".1f"),
        peak_title="Peak memory of the process:",
        peaks=_table(cases, PROGRAMS[1:] + BUILDS, _peak, ".2f"),
        nodes=len(kinds),
        tests=kinds.count("test"),
        n=largest.rows,
        build_ratio=runs["build"].wall / runs["pymrio"].wall,
        tested_ratio=largest.seconds(TESTED) / runs["pymrio"].wall,
        memory_ratio=runs["build"].peak_gb / runs["pymrio"].peak_gb,
        solve_ratio=runs["carbonshed"].wall / runs["bare"].wall,
        floor_ratio=runs["carbonshed"].wall / largest.floor,
        parts=_table(cases, [*runs["build"].steps], _stage, ".1f"),
        slowest=_slowest(largest.nodes),
        growth=_growth(cases),
        median_ms=1000 * questions[ordered[len(ordered) // 2]],
        slowest_query=f"`{ordered[-1]}`",
        slowest_ms=1000 * questions[ordered[-1]],
        ingest=ingest[0],
        copy=ingest[1],
        ingest_ratio=ingest[0] / ingest[1],
    )


def _table(cases: list[Case], names: Any, value: Any, form: str) -> str:
    rows = []
    for name in names:
        cells = [value(case, name) for case in cases]
        if any(cell is not None for cell in cells):
            shown = ["-" if cell is None else format(cell, form) for cell in cells]
            rows.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(rows)


def _kernels(runs: dict[str, Any]) -> str:
    programs: dict[str, list[str]] = {}
    for program, run in runs.items():
        if run.blas:
            programs.setdefault(run.blas, []).append(program)
    return "; ".join(f"{', '.join(of)}: {blas}" for blas, of in programs.items())


def _peak(case: Case, program: str) -> float | None:
    run = case.runs.get(program)
    return run.peak_gb if run else None


def _stage(case: Case, stage: str) -> float:
    return case.runs["build"].steps[stage]


def _slowest(nodes: dict[str, tuple[str, float]]) -> str:
    models = {
        node.split(".")[2]: seconds
        for node, (_, seconds) in nodes.items()
        if node.startswith("model.")
    }
    names = sorted(models, key=models.get, reverse=True)[:8]
    return ", ".join(f"`{name}` {models[name]:.1f}" for name in names)


def _growth(cases: list[Case]) -> str:
    if len(cases) < 2:
        return "| (one table only) | - |"
    small, large = cases[-2:]
    rows = []
    for name in PROGRAMS[1:] + BUILDS:
        if name in small.runs and name in large.runs:
            pair = small.runs[name].wall, large.runs[name].wall
            rows.append((name, *pair))
    for stage, seconds in large.runs["build"].steps.items():
        rows.append((f"build: {stage}", small.runs["build"].steps[stage], seconds))
    scale = math.log(large.rows / small.rows)
    return "\n".join(
        f"| {name} | {math.log(after / before) / scale:.1f} |"
        for name, before, after in rows
        if before > 0 and after > 0
    )
