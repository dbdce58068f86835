"""Answers of pymrio, MARIO and pyspa to the questions of `same_questions`.

    python benchmarks/answers_of_peers.py SYSTEM STRESSOR ANSWERS

needs `mariopy`, which brings pymrio, and `pyspa`, but nothing of this project. SYSTEM
is a folder that `carbonshed export pymrio` wrote. ANSWERS becomes a JSON list of
objects: `program`, `question`, `seconds` of processor time since its last answer, and
`answers`, rows of labels and a number in the units of SYSTEM.
"""

import contextlib
import importlib
import io
import json
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio

CUTOFF = 0.001  # smallest path, as a share of a footprint without direct emissions
MAX_TIER = 12
START = "start"  # the time until a first question can be asked
Answers = Iterator[tuple[str, list | pd.Series]]


def of_pymrio(folder: Path, stressor: str) -> Answers:
    """Ask pymrio; sums of L and G, and extractions, are made by hand."""
    system = pymrio.load_all(folder)
    system.calc_all(include_ghosh=True)
    yield START, []
    emissions = system.emissions
    yield "footprints", emissions.D_cba_reg.loc[stressor]
    yield "value_added", system.value_added.D_cba_reg.sum()
    yield "inflows", emissions.D_imp_reg.loc[stressor]
    sources = emissions.diag_stressor(stressor)
    sources.calc_system(x=system.x, Y=system.Y, L=system.L)
    yield "flows", sources.D_cba_reg.groupby(level="region").sum().stack()
    yield "total_intensities", emissions.M.loc[stressor]
    yield "downstream_intensities", (emissions.M_down + emissions.S).loc[stressor]
    yield "backward", system.L.sum()
    yield "forward", system.G.sum(axis=1)
    yield "extraction", list(_extractions(system, emissions.S.loc[stressor]))


def _extractions(system: pymrio.IOSystem, intensities: pd.Series) -> Iterator[list]:
    """Solve the rest of the economy anew without a region, and without a sector."""
    demand = system.Y.sum(axis=1)
    before = intensities @ system.x.indout
    for level in ("region", "sector"):
        labels = system.A.index.get_level_values(level)
        for label in labels.unique():
            rest = labels != label
            output = pymrio.calc_L(system.A.loc[rest, rest]) @ demand[rest]
            yield [level, label, before - intensities[rest] @ output]


def of_mario(folder: Path, stressor: str) -> Answers:
    """Ask MARIO; footprints and downstream intensities are made by hand."""
    import mario

    mario.set_log_verbosity("critical")  # one line for every matrix otherwise
    system = pymrio.load_all(folder)
    _merge_categories(system)  # a path of MARIO's ends in one category
    rows = {"satellite_account": {"emissions": "all"}}
    database = mario.parse_from_pymrio(system, {"value_added": "all"}, **rows)
    yield START, []
    demand = database.Y.T.groupby(level=0).sum().T
    total = database.f.loc[stressor]
    direct = database.EY.loc[stressor].groupby(level=0).sum()
    yield "footprints", total @ demand + direct
    yield "value_added", database.m.sum() @ demand
    yield "inflows", database.calc_embodied_imports(stressor)
    content = database.calc_trades_content(stressor, intermediate=False, breakdown=True)
    yield "flows", content.groupby(level=1).sum().stack()
    yield "total_intensities", _without_level(total)
    intensities = database.e.loc[stressor].to_numpy()
    yield "downstream_intensities", _without_level(database.g @ intensities)
    raw = {"normalized": False, "cut_diag": False}
    linkages = _without_level(database.calc_linkages(multi_mode=False, **raw))
    yield "backward", linkages["Total Backward"]
    yield "forward", linkages["Total Forward"]
    indices = _without_level(database.calc_linkages(multi_mode=False))
    yield "backward_indices", indices["Total Backward"]
    yield "forward_indices", indices["Total Forward"]
    paths = []
    for region in demand.columns:
        smallest = CUTOFF * abs(total @ demand[region])
        table = database.calc_spa(
            stressor,
            final_demand_region=region,
            cutoff=smallest,
            max_depth=MAX_TIER,
            top_n=None,
        )
        for path, emissions in zip(table["path"], table["contribution"], strict=True):
            # from emitter to product, then the consumer
            nodes = [node.split(" / ")[::2] for node in path.split(" -> ")[:-1]]
            paths.append([region, _path(nodes[::-1]), emissions])
    yield "paths", paths


def of_pyspa(folder: Path, stressor: str) -> Answers:
    """Ask pyspa, with the final demand of a region as the inputs of one more sector."""
    from pyspa.pyspa import get_spa

    system = pymrio.load_all(folder)
    system.calc_all()
    yield START, []
    labels = [*system.A.index, ("", "final demand")]
    direct, total = (getattr(system.emissions, name).loc[stressor] for name in "SM")
    last = len(direct)
    matrix = np.zeros((last + 1, last + 1))
    matrix[:last, :last] = system.A
    paths = []
    for region in system.get_regions():
        demand = matrix[:last, last] = system.Y[region].sum(axis=1)
        sheet = {
            "Name": map("/".join, labels),
            "Region": [label[0] for label in labels],
            "Unit": "1",
            "DR_emissions_(1)": [*direct, 0.0],
            "TR_emissions_(1)": [*total, total @ demand],
        }
        smallest = CUTOFF * (total @ demand)
        with contextlib.redirect_stdout(io.StringIO()):
            chain = get_spa(
                last,
                MAX_TIER + 1,
                matrix,
                pd.DataFrame(sheet),
                {"emissions": smallest},
                breakdown_remainder=False,
                zero_indexing=True,
            )
        for path in chain.pathways_list:
            emissions = path.get_intensity("direct", "emissions")
            if emissions >= smallest:  # it lists what leads there, too
                steps = [
                    labels[step.origin_node.index_reference]
                    for step in path.transactions
                ]
                paths.append([region, _path(steps), emissions])
    yield "paths", paths


def _merge_categories(system: pymrio.IOSystem) -> None:
    """Add up the categories of final demand of a region."""
    system.Y = _of_all_categories(system.Y)
    system.emissions.F_Y = _of_all_categories(system.emissions.F_Y)


def _of_all_categories(demand: pd.DataFrame) -> pd.DataFrame:
    """Return a column for each region, as of a category called all."""
    sums = demand.T.groupby(level="region", sort=False).sum().T
    sums.columns = pd.MultiIndex.from_product(
        [sums.columns, ["all"]], names=["region", "category"]
    )
    return sums


def _without_level(frame: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Label rows by region and sector, without the word `Sector` between them."""
    return frame.droplevel(1)


def _path(nodes: list) -> str:
    """Write a path from product to emitter as the table `supply_paths` does."""
    return " <- ".join("/".join(node) for node in nodes)


PROGRAMS = {"pymrio": of_pymrio, "mariopy": of_mario, "pyspa": of_pyspa}


def rows_of(answers: list | pd.Series) -> list[list]:
    """Return rows of labels and a number."""
    if isinstance(answers, list):
        return answers
    return [
        [*([label] if isinstance(label, str) else label), float(value)]
        for label, value in answers.items()
    ]


def main(folder: Path, stressor: str, file: Path) -> None:
    """Ask every program and write the answers; imports take no time of a program."""
    for name in ("mario", "pyspa.pyspa"):
        importlib.import_module(name)
    written = []
    for program, ask in PROGRAMS.items():
        start = time.process_time()
        for question, answers in ask(folder, stressor):
            written.append(
                {
                    "program": f"{program} {version(program)}",
                    "question": question,
                    "seconds": time.process_time() - start,
                    "answers": rows_of(answers),
                }
            )
            start = time.process_time()
    file.write_text(json.dumps(written), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
