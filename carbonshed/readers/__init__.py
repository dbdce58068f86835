"""Readers: from a format of the world to the dataset contract."""

from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from carbonshed.progress import Progress, no_progress
from carbonshed.readers.registry import format_of

if TYPE_CHECKING:  # the command line starts without the libraries that read and store
    from carbonshed.dataset import Dataset
    from carbonshed.readers.options import IngestOptions


def ingest(
    format_name: str,
    source: Path,
    options: "IngestOptions",
    progress: Progress = no_progress,
) -> "Dataset":
    """Read a source into ``data/NAME/``.

    Parameters
    ----------
    format_name
        A key of `FORMATS`.
    progress
        Called with what is being done and the share of it that is done, 0 to 1.

    Returns
    -------
    Dataset
        The new dataset. If the format has one year in a source, the other years
        of an earlier dataset of that name are kept. If anything is refused, it stays
        as it was.
    """
    from carbonshed.dataset.matrix_store import store_matrix_tables
    from carbonshed.errors import CarbonshedError
    from carbonshed.io_errors import explain_read_error
    from carbonshed.names import validate_name
    from carbonshed.readers.options import check_options
    from carbonshed.readers.tidy import Assumptions

    validate_name(options.name)
    if not source.name:  # the current folder; messages name the source
        source = source.resolve()
    if source.exists() and not (source.is_file() or source.is_dir()):
        raise CarbonshedError(
            f"{source}: is a pipe or a device; expected a file or a folder"
        )
    form = format_of(format_name)
    check_options(form, options)
    read = resolve_name(form.reader)
    if not form.is_matrix:
        return read(source, options.name, progress)
    assumptions = options.assumptions and Assumptions(options.assumptions)
    with explain_read_error(source):
        result = read(source, options, progress)
    tables = result if isinstance(result, list) else [result]
    if assumptions:
        assumptions.add_to(tables)
    people = options.indicators or options.regions
    file = people.name if people else None
    return store_matrix_tables(tables, options.name, form.name, progress, file)
