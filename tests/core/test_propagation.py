"""Errors of a stored solution: own figures go first, and nothing is made twice."""

import errno
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from support import propagation
from support.disks import FailingDisk
from support.economies import REGIONS, SECTORS, SIZE, Economy, relations_of

from carbonshed import files
from carbonshed.errors import CarbonshedError
from carbonshed.leontief import uncertainty
from carbonshed.solve.solves import solve_years
from carbonshed.solve.year_system import Settings
from carbonshed.uncertainty import propagation as passes
from carbonshed.uncertainty.propagation import ErrorInputs, propagate_years

SIZES = (0.1, 0.25, 0.5)
SHARED = {"emissions": 0.5, "transactions": 0.25, "final_demand": 0.25, "exports": 0.2}
# for emissions the second row is more specific: a's first sector, only co2
OWN = [
    ("emissions", None, "a", None, 0.3),
    ("emissions", "co2", "a", "x", 0.7),
    ("transactions", None, None, "y", 0.9),
]


@pytest.fixture
def store(tmp_path: Path) -> tuple:
    """Solve a small economy; return relations, inputs, solves and the folder."""
    economy = Economy(3)
    relations = relations_of({2012: economy})
    folder = tmp_path / "solved" / "tiny"
    solves = solve_years(relations, Settings(by_origin=True), folder)
    relations.session.register("solved_years", solves)
    return economy, relations, folder


def inputs(connection: duckdb.DuckDBPyConnection, own: list[tuple]) -> ErrorInputs:
    connection.execute(
        "create or replace table own (component text, stressor_id text, region_id text,"
        " sector_id text, relative_standard_error double)"
    )
    if own:
        connection.executemany("insert into own values (?, ?, ?, ?, ?)", own)
    connection.execute(
        "create or replace table rules (uncertainty_rule text, component text,"
        " rse_largest double, exponent double, rse_cap double, shared_share double)"
    )
    shared = SHARED | {"direct_emissions": 0.5}
    rows = [("one", name, *SIZES, share) for name, share in shared.items()]
    connection.executemany("insert into rules values (?, ?, ?, ?, ?, ?)", rows)
    return ErrorInputs(
        direct_emissions=connection.sql(
            "select 2012 as year, 'co2' as stressor_id, 'b' as region_id,"
            " 'hh' as category_id, 5.0::double as emissions"
        ),
        rules=connection.table("rules"),
        own_errors=connection.table("own"),
    )


def propagate(store: tuple, own: list[tuple], *, by_origin: bool = False) -> list[dict]:
    _, relations, folder = store
    connection = relations.session
    error_inputs = inputs(connection, own)
    solves = connection.sql("from solved_years")
    return propagate_years(
        relations, error_inputs, solves, folder, by_origin=by_origin
    ).to_pylist()


def as_a_cluster_writes(folder: Path) -> None:
    """Put embodied output into two files in place of one."""
    (whole,) = folder.glob("*/embodied_output.parquet")
    rows = pq.read_table(whole)
    for number, part in enumerate((rows.slice(0, 5), rows.slice(5))):
        pq.write_table(part, whole.with_suffix(f".{number}.parquet"))
    whole.unlink()


@pytest.mark.parametrize(("own", "is_in_parts"), [([], False), (OWN, True)])
def test_the_store_holds_what_errors_do_cell_by_cell(
    store, own, is_in_parts, monkeypatch
):
    economy, _, folder = store
    if is_in_parts:
        as_a_cluster_writes(folder)
        monkeypatch.setattr(passes, "DEMAND_ROWS", 3)
        monkeypatch.setattr(uncertainty, "_PIECE", 7)
    propagate(store, own, by_origin=True)
    (path,) = folder.glob("*/covariances.parquet")
    rows = pq.read_table(path).to_pylist()
    of_share = pq.read_table(path.with_name("share_variances.parquet")).to_pylist()
    assert len(of_share) == 2 * len(SHARED)
    for q, stressor in enumerate(["co2", "water's"]):
        table = propagation.Table(
            economy.transactions,
            economy.final_demand.reshape(SIZE, 2, 2),
            economy.exports,
            economy.intensities[:, q] * economy.output,
            np.array([[0.0], [5.0 if stressor == "co2" else 0.0]]),
            economy.output == 0,
        )
        values = {
            "emissions": table.F,
            "direct_emissions": table.D,
            "transactions": table.Z,
            "final_demand": table.Y,
            "exports": table.exports,
        }
        largest, exponent, cap = SIZES
        errors = {
            name: propagation.errors(v, largest, exponent, cap)
            for name, v in values.items()
        }
        if own:
            errors["emissions"][:SECTORS] = 0.3 * table.F[:SECTORS]
            if stressor == "co2":
                errors["emissions"][0] = 0.7 * table.F[0]
            errors["transactions"][1::SECTORS] = 0.9 * table.Z[1::SECTORS]
        shared = SHARED | {"direct_emissions": 0.5}
        expected = propagation.covariances(table, errors, shared)
        # positions count from the end where they are reserved: -1 is EXPORT
        columns = {0: 0, 1: 1, -1: len(REGIONS), -2: len(REGIONS) + 1}
        for name, covariance in expected.items():
            got = np.zeros_like(covariance)
            for row in rows:
                if (row["stressor_id"], row["component"]) == (stressor, name):
                    one, other = row["region_position"], row["other_region_position"]
                    got[columns[one], columns[other]] = row["covariance"]
            scale = np.abs(covariance).max()
            np.testing.assert_allclose(
                got, covariance, rtol=1e-8, atol=1e-11 * scale, err_msg=name
            )
        variances = propagation.share_variances(table, errors, shared)
        for row in of_share:
            if row["stressor_id"] == stressor:
                expected_variance = variances.pop(row["component"])
                assert row["variance"] == pytest.approx(expected_variance, rel=1e-8)
        assert not variances


def test_what_is_there_is_found_until_an_error_changes(store, capsys):
    first = propagate(store, [])
    capsys.readouterr()
    assert propagate(store, []) == first
    assert "errors carried" not in capsys.readouterr().err
    (changed,) = propagate(store, OWN)
    assert changed["fingerprint"] != first[0]["fingerprint"]
    assert "errors carried to 2 footprints" in capsys.readouterr().err
    # a table that is cut off is made again
    _, _, folder = store
    (path,) = folder.glob("*/covariances.parquet")
    path.write_bytes(path.read_bytes()[:100])
    propagate(store, OWN)
    assert "errors carried" in capsys.readouterr().err
    # the interregional share has errors where it is asked for, and only there
    (path,) = folder.glob("*/share_variances.parquet")
    for by_origin in (True, False):
        propagate(store, OWN, by_origin=by_origin)
        assert "errors carried" in capsys.readouterr().err
        assert bool(pq.read_metadata(path).num_rows) is by_origin
    # as it was written while water was no mass: of water there is nothing
    (path,) = folder.glob("*/intensities_by_origin.parquet")
    rows = pq.read_table(path)
    pq.write_table(rows.filter(pc.equal(rows["stressor_id"], "co2")), path)
    message = r"2012: .*\"water's\" by region .*by_origin.* with --full-refresh"
    with pytest.raises(CarbonshedError, match=message):
        propagate(store, OWN, by_origin=True)
    path.unlink()
    message = f"{path} is not there.* build the model solves too"
    with pytest.raises(CarbonshedError, match=message):
        propagate(store, OWN, by_origin=True)


def test_a_full_disk_is_said_and_leaves_nothing_that_counts(store, monkeypatch):
    _, _, folder = store
    propagate(store, [])
    (path,) = folder.glob("*/covariances.parquet")
    whole = pq.read_table(path)
    for number in count():
        disk = FailingDisk(number, errno.ENOSPC)
        monkeypatch.setattr(files, "disk", disk)
        try:
            propagate(store, OWN)
        except CarbonshedError as refusal:
            message = str(refusal)
            assert "covariances: no space left" in message, message
        monkeypatch.setattr(files, "disk", files.Disk())
        if not disk.has_failed:
            break
        assert [path_left.name for path_left in folder.parent.iterdir()] == ["tiny"]
        propagate(store, [])
        assert pq.read_table(path) == whole
    # three tables and their record: written, synced, renamed
    assert number >= 4 * 3
    assert pq.read_table(path) != whole
