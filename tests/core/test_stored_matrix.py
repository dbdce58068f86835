"""The matrix in a file: what comes back is what was put in, in any order."""

from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from carbonshed.errors import CarbonshedError
from carbonshed.solve import cells, stored_matrix
from carbonshed.solve.cells import Cells
from carbonshed.solve.stored_matrix import (
    blocks_of_regions,
    scratch_folder,
    stored_coefficients,
)

LABELS = np.array(["a"] * 2 + ["b"] * 3 + ["c"] + ["d"] * 4, dtype=object)
SIZE = len(LABELS)


def slices(*bounds):
    return [slice(a, b) for a, b in pairwise(bounds)]


@pytest.mark.parametrize(
    ("most", "bounds"),
    [(1, (0, 2, 5, 6, 10)), (5, (0, 5, 10)), (6, (0, 6, 10)), (99, (0, 10))],
)
def test_blocks_hold_whole_regions(most, bounds):
    assert blocks_of_regions(LABELS, most) == slices(*bounds)


def test_blocks_of_little():
    assert blocks_of_regions(LABELS[:0], 5) == []
    assert blocks_of_regions(LABELS[:1], 5) == slices(0, 1)


@pytest.fixture
def table():
    """Return transactions with empty rows, and outputs, one of them zero."""
    rng = np.random.Generator(np.random.PCG64(7))
    Z = rng.uniform(1, 2, (SIZE, SIZE)) * (rng.random((SIZE, SIZE)) < 0.6)
    Z[[0, 5, SIZE - 1]] = 0.0
    x = Z.sum(axis=1) + 3.0
    x[5] = 0.0
    return Z, x


def cells_of(Z, order, folder):
    connection = duckdb.connect()
    connection.execute("create table z (i int, j int, value double)")
    rows = [(int(i), int(j), float(Z[i, j])) for i, j in np.argwhere(Z)]
    connection.executemany("insert into z values (?, ?, ?)", rows)
    rows = connection.sql(
        "select 2012::int as year, i as origin_id, j as destination_id, value"
        f" from z order by {order}"
    )
    file = folder / "transactions.parquet"
    pq.write_table(rows.to_arrow_table(), file, row_group_size=7)
    return Cells(str(file), 2012)


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("batch", [3, 500_000])
@pytest.mark.parametrize("order", ["i, j", "j, i", "i desc", "hash(i, j)", "i, j desc"])
@pytest.mark.parametrize("most", [1, 5, 99])
def test_what_comes_back(table, order, most, batch, tmp_path, scratch, monkeypatch):
    monkeypatch.setattr(cells, "BATCH_ROWS", batch)
    Z, x = table
    blocks = blocks_of_regions(LABELS, most)
    expected = Z / np.where(x > 0, x, np.inf)
    with stored_coefficients(
        cells_of(Z, order, tmp_path), x, x == 0, blocks, scratch
    ) as (matrix, zero_column_deliveries):
        np.testing.assert_allclose(zero_column_deliveries, Z[:, 5], rtol=1e-15)
        for _ in range(2):  # again and again
            read = [(rows, values.copy()) for rows, values in matrix]
            assert [rows for rows, _ in read] == blocks
            np.testing.assert_allclose(
                np.vstack([values for _, values in read]), expected, rtol=1e-15
            )
        assert list(scratch.iterdir()) == []  # no name, nothing to leave behind


def test_no_room_is_said_before_it_is_taken(table, tmp_path, monkeypatch):
    usage = stored_matrix.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        stored_matrix.shutil, "disk_usage", lambda path: usage._replace(free=799)
    )
    Z, x = table
    with (
        pytest.raises(CarbonshedError, match="no room for the matrix"),
        stored_coefficients(
            cells_of(Z, "i, j", tmp_path), x, x == 0, slices(0, 10), tmp_path
        ),
    ):
        pass


def test_a_folder_that_is_not_there_is_said(table, tmp_path):
    Z, x = table
    nowhere = tmp_path / "nowhere"
    with (
        pytest.raises(
            CarbonshedError,
            match=r"nowhere: no file can be made .* \(No such file or directory\);"
            " CARBONSHED_TEMP_DIR names",
        ),
        stored_coefficients(
            cells_of(Z, "i, j", tmp_path), x, x == 0, slices(0, 10), nowhere
        ),
    ):
        pass


def test_a_disk_that_fills_up_is_said(table):
    Z, _ = table
    with Path("/dev/full").open("r+b", buffering=0) as file:
        matrix = stored_matrix.StoredMatrix(file, slices(0, 10))
        with pytest.raises(CarbonshedError, match="cannot be written: No space left"):
            matrix.append(Z)


def test_scratch_is_where_duckdb_has_its_own(tmp_path):
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        assert scratch_folder(connection) == tmp_path  # beside the warehouse
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        connection.execute(f"set temp_directory = '{elsewhere}'")
        assert scratch_folder(connection) == elsewhere
    with duckdb.connect() as connection:
        assert scratch_folder(connection).is_dir()
