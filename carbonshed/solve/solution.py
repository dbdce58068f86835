"""One factorisation a year, and every table that comes out of it.

dbt wants a model for each table, and each model returns one. The factorisation
is the costly part, so the model of `embodied_output` makes it and leaves the two
small results that fall off (total intensities, chains within regions) for the
models that follow in the same process. Run alone, those solve for themselves, without
the demands. A year that an earlier build has solved is taken over from it.
"""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib import import_module

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.errors import CarbonshedError
from carbonshed.solve import relations as arrays
from carbonshed.solve.relations import Demand, Relations
from carbonshed.solve.year import Settings, SmallResults, Year
from carbonshed.warehouse.earlier import SolvedYear

# several row groups of DuckDB a batch: both cores write (4.5 s against 7.9 s for
# one column a batch, 13,146 x 1,567, on a busy machine)
COLUMNS_A_BATCH = 40

EMBODIED_OUTPUT = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("region_id", pa.dictionary(pa.int32(), pa.string())),
        ("category_id", pa.dictionary(pa.int32(), pa.string())),
        ("output", pa.float64()),
    ]
)
SOLVES = pa.schema(
    [
        ("year", pa.int32()),
        ("fingerprint", pa.string()),
        ("method", pa.string()),
        ("region_sectors", pa.int32()),
        ("demands", pa.int32()),
        ("relative_residual", pa.float64()),
        ("solved_at", pa.timestamp("us")),
        ("carbonshed_version", pa.string()),
    ]
)


_left_over: dict[str, SmallResults] = {}
_one_at_a_time = threading.Lock()  # dbt runs two models at once


def embodied_output(relations: Relations, settings: Settings) -> pa.RecordBatchReader:
    """Output of every producer embodied in every final demand, as a long table.

    Parameters
    ----------
    relations : Relations
    settings : Settings

    Returns
    -------
    pyarrow.RecordBatchReader
        year, origin_id, region_id, category_id, output in currency; zeros are
        left out. Years are solved one by one while the table is read.
    """
    return pa.RecordBatchReader.from_batches(
        EMBODIED_OUTPUT, _embodied_batches(relations, settings)
    )


def with_enums(relations: Relations, settings: Settings) -> duckdb.DuckDBPyRelation:
    """Embodied output with its labels as ENUMs: texts to a query, numbers to DuckDB.

    They take 1.9 s to write where texts take 2.6 (13,146 x 1,567), and are grouped as
    numbers. DuckDB is given their places, and picks them from a list: a cast from text,
    which hashes every row, takes half a second of CPU time more.

    Parameters
    ----------
    relations : Relations
    settings : Settings

    Returns
    -------
    duckdb.DuckDBPyRelation
        Columns and rows of `embodied_output`.
    """
    # years are read while the table is written: on another connection
    elsewhere = relations.elsewhere()
    # DuckDB wants this module for a table from Arrow, and it wants pandas: 0.2 s
    with ThreadPoolExecutor(1) as beside:
        beside.submit(import_module, "pyarrow.dataset")
        labels = {label for of_year in elsewhere.labels.values() for label in of_year}
    words = {arrays.EXPORT, arrays.UNATTRIBUTED}
    regions = sorted(words | {region for region, _ in labels})
    categories = sorted(words | {category for _, category in labels})
    placed = _placed(embodied_output(elsewhere, settings), regions, categories)
    return relations.session.from_arrow(placed).project(
        f"year, origin_id, {_enums(regions)}[region_id] as region_id,"
        f" {_enums(categories)}[category_id] as category_id, output"
    )


def total_intensities(relations: Relations, settings: Settings) -> pa.Table:
    """Total intensities m = f L as a long table: year, stressor, region-sector."""
    columns = {"year": [], "stressor_id": [], "region_sector_id": []}
    columns["total_intensity"] = []
    for year in relations.years:
        small = _small_results(relations, year, settings)
        size = len(small.own_chain_output)
        for column, stressor in enumerate(small.stressors):
            columns["year"].append(np.full(size, year, np.int32))
            columns["stressor_id"].append(np.full(size, stressor, object))
            columns["region_sector_id"].append(np.arange(size, dtype=np.int32))
            columns["total_intensity"].append(small.total_intensities[:, column])
    return _table(columns)


def own_chain_output(relations: Relations, settings: Settings) -> pa.Table:
    """Output of the chains within regions: year, origin_id, output."""
    columns = {"year": [], "origin_id": [], "output": []}
    for year in relations.years:
        output = _small_results(relations, year, settings).own_chain_output
        columns["year"].append(np.full(len(output), year, np.int32))
        columns["origin_id"].append(np.arange(len(output), dtype=np.int32))
        columns["output"].append(output)
    return _table(columns)


def solves(relations: Relations) -> pa.Table:
    """How each year was solved, one row a year.

    Raises
    ------
    CarbonshedError
        If `embodied_output` was not made by this process: its record is with it.
    """
    rows = []
    for year in relations.years:
        small = _left_over.get(_key(relations, year))
        if small is None or small.solve is None:
            msg = (
                f"nothing is known of how {year} was solved: build the model"
                " embodied_output in the same run as solves"
            )
            raise CarbonshedError(msg)
        rows.append({"year": year, **asdict(small.solve)})
    return pa.Table.from_pylist(rows, SOLVES)


def forget() -> None:
    """Drop the small results that an earlier solve left behind."""
    _left_over.clear()


def _embodied_batches(
    relations: Relations, settings: Settings
) -> Iterator[pa.RecordBatch]:
    forget()
    for year in relations.years:
        solved, small = Year(relations, year, settings).results()
        _left_over[_key(relations, year)] = small
        if not isinstance(solved, SolvedYear):
            yield from _batches(solved, year)
        elif not solved.is_here:
            yield from solved.embodied_output(EMBODIED_OUTPUT)
        del solved  # or it would lie beside the next year's


def _small_results(relations: Relations, year: int, settings: Settings) -> SmallResults:
    key = _key(relations, year)
    with _one_at_a_time:
        if key not in _left_over:
            of_year = Year(relations, year, settings)
            _left_over[key] = of_year.results_without_demands()
        return _left_over[key]


def _key(relations: Relations, year: int) -> str:
    """Fingerprint of x and f: changed inputs never meet results of earlier ones."""
    output, _, _ = arrays.sector_output(relations.sector_output, year)
    stressors, intensities = arrays.intensities(
        relations.intensities, year, len(output)
    )
    digest = hashlib.sha256(f"{year} {stressors}".encode())
    digest.update(output.tobytes())
    digest.update(intensities.tobytes())
    return digest.hexdigest()


def _batches(solved: Demand, year: int) -> Iterator[pa.RecordBatch]:
    """Yield some columns of X at a time, without their zeros."""
    regions = pa.array(solved.regions, pa.string())
    categories = pa.array(solved.categories, pa.string())
    producers = np.arange(len(solved.values), dtype=np.int32)
    for start in range(0, solved.values.shape[1], COLUMNS_A_BATCH):
        output = np.ascontiguousarray(
            solved.values[:, start : start + COLUMNS_A_BATCH].T
        )
        # masks take 0.1 s, places of what is not zero 0.6 s (13,146 x 1,567)
        is_there = output != 0
        origin = np.broadcast_to(producers, output.shape)[is_there]
        columns = np.arange(start, start + len(output), dtype=np.int32)
        label = pa.array(np.repeat(columns, np.count_nonzero(is_there, axis=1)))
        yield pa.record_batch(
            [
                pa.array(np.full(len(origin), year, np.int32)),
                pa.array(origin),
                pa.DictionaryArray.from_arrays(label, regions),
                pa.DictionaryArray.from_arrays(label, categories),
                pa.array(output[is_there]),
            ],
            schema=EMBODIED_OUTPUT,
        )


def _placed(
    embodied: pa.RecordBatchReader, regions: list[str], categories: list[str]
) -> pa.RecordBatchReader:
    """Return embodied output with the place of every label in its list, from 1."""
    places = {
        name: {label: place for place, label in enumerate(labels, 1)}
        for name, labels in (("region_id", regions), ("category_id", categories))
    }
    schema = pa.schema(
        field.with_type(pa.int32()) if field.name in places else field
        for field in embodied.schema
    )

    def columns(batch: pa.RecordBatch) -> Iterator[pa.Array]:
        for name, column in zip(schema.names, batch.columns, strict=True):
            if name in places:
                words = column.dictionary.to_pylist()
                found = np.array([places[name][word] for word in words], np.int32)
                yield pa.array(found[column.indices.to_numpy()])
            else:
                yield column

    return pa.RecordBatchReader.from_batches(
        schema,
        (pa.record_batch(list(columns(batch)), schema=schema) for batch in embodied),
    )


def _enums(labels: list[str]) -> str:
    """Return the list of the labels as SQL, each a value of their ENUM."""
    texts = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    return f"([{texts}]::enum({texts})[])"


def _table(columns: dict[str, list]) -> pa.Table:
    return pa.table(
        {name: pa.array(np.concatenate(parts)) for name, parts in columns.items()}
    )
