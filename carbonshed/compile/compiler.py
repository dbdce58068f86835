"""From a folder of statistics and a parent to a dataset."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from carbonshed import __version__
from carbonshed.compile.files import StatisticsFolder, read_statistics
from carbonshed.compile.limits import require_memory
from carbonshed.compile.parent import Parent
from carbonshed.compile.refusals import explain_refusals
from carbonshed.compile.statements import statements
from carbonshed.compile.statistics import Tables
from carbonshed.compile.write import assumptions, without_flows, write_flows
from carbonshed.compile.year import compile_year
from carbonshed.dataset import Dataset, DatasetWriter, open_dataset
from carbonshed.dataset.contract import COMPILE_VARIANTS, LABEL_TABLES
from carbonshed.dataset.descriptor import REGION_NOUNS
from carbonshed.dataset.labels import label_table
from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error
from carbonshed.names import validate_ingest_name
from carbonshed.text import Progress, no_progress

FORMAT = "compile"


def compile_dataset(
    folder: Path,
    parent_name: str,
    name: str,
    *,
    delta_factor: float = 1.0,
    progress: Progress = no_progress,
    say: Callable[[str], None] = lambda _: None,
) -> Dataset:
    """Split a dataset into smaller regions, from published statistics.

    Parameters
    ----------
    folder
        Statistics of the regions: see `STATISTICS_TABLES`.
    parent_name, name
        The dataset that is split, and the one that is written.
    delta_factor
        Multiplies `own_region_delta` of every sector.
    progress
        Takes what is being done and the share of it that is done.
    say
        Takes what memory the work needs, before it begins.

    Returns
    -------
    Dataset
        The new dataset; its notes say how it was made and how well it fits.

    Raises
    ------
    CarbonshedError
        If a file breaks the contract, the totals contradict each other, or memory
        does not suffice. An earlier dataset of the name then stays as it was.
    """
    validate_ingest_name(name)
    dataset = open_dataset(parent_name)
    if name == parent_name:
        raise CarbonshedError(
            f"--name is {name!r}, the parent itself; choose another name"
        )
    parent = Parent(dataset)
    statistics = read_statistics(folder, parent)
    say(require_memory(statistics, parent))
    tables = Tables(statistics, parent, delta_factor)
    with (
        DatasetWriter(name) as writer,
        explain_write_error(f"dataset {name}", writer.partial, writer.partial),
    ):
        notes, sweeps = _write(writer, tables, parent, progress)
        descriptor = _descriptor(dataset, statistics, tables, delta_factor, sweeps)
        return writer.commit(descriptor, format=FORMAT, notes=notes)


def write_variants(
    folder: Path, parent_name: str, name: str, progress: Progress = no_progress
) -> list[Dataset]:
    """Compile NAME-low and NAME-high: regions keep less, or more, of their own.

    Parameters, errors: see `compile_dataset`.
    """
    return [
        compile_dataset(
            folder,
            parent_name,
            f"{name}-{variant}",
            delta_factor=factor,
            progress=_prefixed(progress, variant),
        )
        for variant, factor in COMPILE_VARIANTS.items()
    ]


def _prefixed(progress: Progress, word: str) -> Progress:
    return lambda step, share: progress(f"{word}: {step}", share)


def _write(
    writer: DatasetWriter, tables: Tables, parent: Parent, progress: Progress
) -> tuple[list[str], dict[int, int]]:
    """Write all tables; return notes, and the sweeps of every year."""
    for table in LABEL_TABLES:
        rows = tables.regions if table == "regions" else parent.labels[table]
        writer.write(table, label_table(table, rows))
    given, left_out = assumptions(tables, parent)
    for table, rows in given.items():
        writer.write(table, rows)
    notes = [*tables.folder.notes, *left_out]
    sweeps = {}
    small: dict[str, list[pa.Table]] = {}
    with (
        FlowWriter(writer, "transactions") as transactions,
        FlowWriter(writer, "final_demand", "region_id", "category_id") as final_demand,
    ):
        for year in tables.years:
            progress(f"{year}: shares and prior", 0.0)
            source = parent.year(year)
            with explain_refusals(tables, parent, year):
                compiled = compile_year(
                    source,
                    tables.year(year),
                    parent.is_inventory,
                    _prefixed(progress, str(year)),
                )
            sweeps[year] = compiled.deliveries.sweeps
            for table, rows in without_flows(compiled, tables, parent, year).items():
                small.setdefault(table, []).append(rows)
            write_flows(
                compiled,
                tables,
                parent,
                year,
                transactions,
                final_demand,
                _writing(progress, year),
            )
            notes += statements(compiled, tables, parent, year)
    for table, parts in small.items():
        if table != "output":  # the row sum is the output
            writer.write(table, pa.concat_tables(parts))
    return notes, sweeps


def _writing(progress: Progress, year: int) -> Callable[[float], None]:
    return lambda share: progress(f"{year}: writing", share)


def _descriptor(
    dataset: Dataset,
    statistics: StatisticsFolder,
    tables: Tables,
    delta_factor: float,
    sweeps: dict[int, int],
) -> dict[str, Any]:
    """Return the folder's descriptor with the parent's money and how it was made."""
    content = dict(statistics.descriptor)
    title = content.get("title") or content.get("name") or dataset.title
    if delta_factor != 1:
        title += f", own_region_delta x {delta_factor:g}"
    content["title"] = f"{title} (compiled)"
    own = content.get("sources") or []
    content["sources"] = [*own, *(dataset.descriptor.get("sources") or [])]
    licences = content.get("licenses") or []
    content["licenses"] = [*licences, *(dataset.descriptor.get("licenses") or [])]
    money = dataset.descriptor["mrio"].items()
    content["mrio"] = {
        **{key: value for key, value in money if key not in REGION_NOUNS},
        **statistics.descriptor.get("mrio", {}),
        "compiled": {
            "parent": dataset.name,
            "parent_dataset_id": dataset.dataset_id,
            "files": statistics.hashes,
            "parameters": {
                "own_region_delta_factor": delta_factor,
                "trade": {
                    sector: {
                        "distance_decay": float(decay),
                        "own_region_delta": float(delta),
                    }
                    for sector, decay, delta in zip(
                        tables.parent.sectors,
                        tables.distance_decay,
                        tables.own_region_delta,
                        strict=True,
                    )
                },
            },
            "sweeps": {str(year): count for year, count in sweeps.items()},
            "version": __version__,
        },
    }
    return content
