"""Compiled tables beside real tables whose truth is known."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.china_prefectures import inside_world
from benchmarks.compile_validation import other_methods, rows
from benchmarks.known_tables import read_truth
from carbonshed.accounting.ras import group_sums
from carbonshed.compile.balance import TOLERANCE
from carbonshed.compile.compiled_year import CompiledYear, compile_year
from carbonshed.compile.parent import Parent
from carbonshed.compile.statistics import Tables
from carbonshed.compile.statistics_folder import read_statistics
from carbonshed.dataset import open_dataset
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy

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
def test_countries_of_the_world_are_as_near_as_was_found(empty_project, real_data):
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
def test_regions_of_finland_are_as_near_as_was_found(empty_project, real_data):
    ingest_tidy(real_data / "finland_2014", "truth")
    truth = read_truth("truth", ROOT / "docs" / "examples" / "finland" / "places.csv")
    for figures, (name, found) in zip(FINLAND, rows(truth), strict=False):
        for column, figure in zip(("Z", "share"), figures or (), strict=False):
            assert found[column] == near(column, figure), (name, column)
    assert found["true share"] == near("share", 0.396)


def assert_split(
    folder: Path, name: str, regions: int, most_sweeps: int
) -> CompiledYear:
    """Compile a folder without writing; the parent is kept cell by cell."""
    parent = Parent(open_dataset(name))
    tables = Tables(read_statistics(folder, parent), parent)
    (year,) = tables.years
    assert len(tables.regions) == regions
    truth, known = parent.year(year), tables.year(year)
    found = compile_year(truth, known, parent.is_inventory)
    assert found.deliveries.residual <= TOLERANCE
    assert found.deliveries.sweeps <= most_sweeps
    group = tables.groups
    cells = np.zeros_like(truth.cells)
    for region, block in enumerate(found.blocks()):
        by_buyer = group_sums(block.transpose(1, 0, 2), group)
        cells[group[region]] += by_buyer.transpose(1, 0, 2)
    size = truth.output.max()
    assert np.abs(cells - truth.cells).max() <= 1e-9 * size
    for part, whole in (
        (found.exports, truth.exports),
        (found.imports, truth.imports),
        (found.emissions["co2"], truth.emissions["co2"]),
        (found.direct_emissions["co2"], truth.direct_emissions["co2"]),
    ):
        assert np.abs(group_sums(part, group) - whole).max() <= 1e-9 * size
    split = known.emissions["co2"].totals > 0
    emitted = (found.emissions["co2"].sum(axis=1))[split]
    emitted += found.direct_emissions["co2"].sum(axis=1)[split]
    ratio = emitted / known.emissions["co2"].totals[split]
    assert ratio == pytest.approx(np.full(len(ratio), ratio[0]), rel=1e-9)
    return found


def share_for_others(found: CompiledYear, province: np.ndarray) -> float:
    """Return the share of sectors' emissions for other provinces and for abroad.

    Regions are added up to provinces, of which the published table is made.
    """
    emissions = group_sums(found.emissions["co2"], province)
    exports = group_sums(found.exports, province)
    n_provinces, n_sectors = emissions.shape
    n = emissions.size
    flows = np.zeros((n_provinces, n_sectors, n_provinces, n_sectors))
    demand = np.zeros((n_provinces, n_sectors, n_provinces))
    for region, block in enumerate(found.blocks()):
        by_buyer = group_sums(block.transpose(1, 0, 2), province).transpose(1, 0, 2)
        flows[province[region]] += by_buyer[:, :, :n_sectors]
        demand[province[region]] += by_buyer[:, :, n_sectors:].sum(axis=2)
    flows, demand = flows.reshape(n, n), demand.reshape(n, n_provinces)
    output = flows.sum(axis=1) + demand.sum(axis=1) + exports.ravel()
    per_output = np.divide(1, output, out=np.zeros(n), where=output > 0)
    made = np.linalg.solve(np.eye(n) - flows * per_output, demand)
    embodied = (emissions.ravel() * per_output)[:, None] * made
    by_origin = embodied.reshape(n_provinces, n_sectors, n_provinces).sum(axis=1)
    return 1 - np.trace(by_origin) / emissions.sum()


@pytest.mark.real
def test_prefectures_of_china_add_up_to_the_nation_and_to_the_world(
    empty_project, real_data
):
    """Statistics of 357 prefectures, in China's table of 42 and in a world's of 35."""
    statistics = real_data / "china_prefectures_2012"
    inventory = "Emission_Inventories_for_30_Provinces_2012.xlsx"
    options = IngestOptions(
        "china", year=2012, emissions=real_data / "china_ceads_co2" / inventory
    )
    table = real_data / "china_national_io" / "china_2012_139.csv"
    ingest("nbs-national", table, options)
    folder = empty_project / "china_prefectures"
    shutil.copytree(statistics, folder)
    parameters = ROOT / "docs" / "examples" / "china_prefectures"
    shutil.copy(parameters / "trade_parameters.csv", folder)
    found = assert_split(folder, "china", 357, 200)
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as file:
        provinces = [row["parent_region_id"] for row in csv.DictReader(file)]
    # 57 % in 2007 (Feng and others 2013), to which distance_decay was fitted
    share = share_for_others(found, np.unique(provinces, return_inverse=True)[1])
    assert share == pytest.approx(0.57, abs=0.01)
    ingest_tidy(real_data / "wiod_2011", "world")
    inside_world(statistics, empty_project / "prefectures", "world")
    assert_split(empty_project / "prefectures", "world", 397, 90)
