"""Compiled tables beside real tables whose truth is known."""

from pathlib import Path

import pytest

from benchmarks.compile_validation import other_methods, rows
from benchmarks.known_tables import read_truth
from carbonshed.readers.tidy.reader import ingest_tidy

ROOT = Path(__file__).parents[2]

# as a first and independent implementation found them
COLUMNS = ("Z", "Y", "footprints", "ranks", "share")
WIOD = [
    (0.88, 0.72, 0.165, 0.951, 0.381),
    (0.82, 0.68, 0.150, 0.952, 0.404),
    (0.62, 0.64, 0.135, 0.938, 0.427),
    (0.60, 0.64, 0.126, 0.946, 0.416),
    (0.61, 0.53, 0.200, 0.909, 0.454),
    (0.59, 0.53, 0.150, 0.926, 0.437),
    (0.38, 0.30, 0.048, 0.962, 0.294),
    (0.30, 0.26, 0.054, 0.942, 0.299),
]
WIOD_METHODS = [
    (0.61, 0.200, 0.454),
    (0.69, 0.316, 0.532),
    (1.52, 0.471, 0.886),
    (0.61, 0.200, 0.460),
    (0.61, 0.380, 0.476),
]
FINLAND = [(0.65, 0.353), (0.61, 0.363), (0.27, 0.386), None, (0.27, 0.398), None]


def near(column: str, figure: float) -> object:
    """Within 2 % of a figure, and what its printed digits leave open."""
    digits = 2 if column in ("Z", "Y") else 3
    return pytest.approx(figure, abs=0.02 * figure + 0.5 * 10**-digits)


@pytest.mark.real
def test_countries_of_the_world_are_as_near_as_was_found(project, real_data):
    ingest_tidy(real_data / "wiod_2011", "truth")
    truth = read_truth("truth", ROOT / "benchmarks" / "places" / "wiod.csv")
    for (name, found), figures in zip(rows(truth), WIOD, strict=True):
        for column, figure in zip(COLUMNS, figures, strict=True):
            assert found[column] == near(column, figure), (name, column)
    assert found["true share"] == near("share", 0.249)
    for (name, found), figures in zip(other_methods(truth), WIOD_METHODS, strict=True):
        for column, figure in zip(("Z", "footprints", "share"), figures, strict=True):
            assert found[column] == near(column, figure), (name, column)


@pytest.mark.real
def test_regions_of_finland_are_as_near_as_was_found(project, real_data):
    ingest_tidy(real_data / "finland_2014", "truth")
    truth = read_truth("truth", ROOT / "docs" / "examples" / "finland" / "places.csv")
    for figures, (name, found) in zip(FINLAND, rows(truth), strict=False):
        for column, figure in zip(("Z", "share"), figures or (), strict=False):
            assert found[column] == near(column, figure), (name, column)
    assert found["true share"] == near("share", 0.396)
