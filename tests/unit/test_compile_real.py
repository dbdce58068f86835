"""Compiled tables beside real tables whose truth is known."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.compile_validation import compare, knowledge, read_truth
from carbonshed.readers.tidy.reader import ingest_tidy

PLACES = Path(__file__).parents[2] / "benchmarks" / "places"

# Z and interregional share, as a first and independent implementation found them;
# its places and people of the rest of the world were others, so 2 % are allowed
PUBLISHED = {
    "wiod_2011": (
        "wiod.csv",
        {"RoW": 2.47e9},
        [
            (0.88, 0.381),
            (0.82, 0.404),
            (0.62, 0.427),
            (0.60, 0.416),
            (0.61, 0.454),
            (0.59, 0.437),
        ],
    ),
    "finland_2014": (
        "finland.csv",
        {},
        [(0.65, 0.353), (0.61, 0.363), (0.27, 0.386), None, (0.27, 0.398), None],
    ),
}


@pytest.mark.real
@pytest.mark.parametrize("table", PUBLISHED)
def test_compiled_tables_are_as_near_as_was_found(table, project, real_data):
    places, people, wanted = PUBLISHED[table]
    ingest_tidy(real_data / table, "truth")
    truth = read_truth("truth", PLACES / places, people)
    one = np.zeros(len(truth.source.regions), dtype=int)
    for (name, activity, demand), figures in zip(knowledge(truth), wanted, strict=True):
        if figures is None:
            continue
        found = compare(truth, activity, demand, one)
        assert (found["Z"], found["share"]) == pytest.approx(figures, rel=0.02), name
