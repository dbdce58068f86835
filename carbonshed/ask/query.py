"""Reading what is published: its tables, and any question in SQL."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from carbonshed import versions
from carbonshed.ask.sql import refuse_what_is_no_question
from carbonshed.errors import CarbonshedError
from carbonshed.names import DEFAULT_NAME, MADE_NAMES, is_name, validate_name
from carbonshed.paths import warehouse_dir
from carbonshed.publish.editions import PUBLISHED, published_database
from carbonshed.publish.work_file import about_views, build_command, rows_of
from carbonshed.text import (
    listing,
    sql_name,
    sql_text,
    suggestion,
)


def published_path(name: str, warehouses: Path | None = None) -> Path:
    """Return the published database of a dataset; refuse one that is not there.

    `warehouses` is the folder of the warehouses, if it is not that of the project.
    """
    validate_name(name)
    path = published_database((warehouses or warehouse_dir()) / f"{name}.duckdb")
    if not path.is_file():
        # libraries of arrays, which no answer needs
        from carbonshed.dataset.store import list_datasets

        names = published_names(path.parent)
        here = f"; published here: {', '.join(names)}" if names else ""
        is_known = (
            name in MADE_NAMES
            or (path.parents[1] / path.name).is_file()
            or any(dataset.name == name for dataset in list_datasets())
        )
        if not is_known:
            near = suggestion(name, names)
            raise CarbonshedError(f"there is no dataset {name!r}{near}{here}")
        raise CarbonshedError(
            f"nothing is published of {name!r}: {path} is missing; run, in the project"
            f" folder: {build_command(name)}{here}"
        )
    return path


def is_published(name: str) -> bool:
    """Return whether something is published of a dataset."""
    path = published_database(warehouse_dir() / f"{name}.duckdb")
    return is_name(name) and path.is_file()


def published_names(folder: Path) -> list[str]:
    """Return the names of the datasets that are published in a folder."""
    names = sorted(file.stem for file in folder.glob("*.duckdb") if file.is_file())
    return [name for name in names if not name.endswith(".previous")]


def default_name() -> str:
    """Return the dataset that is meant without a name.

    That is the default one, or, where it is not published, the only one that is.
    """
    names = published_names(published_database(warehouse_dir() / "any").parent)
    is_only = DEFAULT_NAME not in names and len(names) == 1
    return names[0] if is_only else DEFAULT_NAME


def open_published(
    name: str,
    writes: Path | None = None,
    *,
    reads: Iterable[Path] = (),
    reads_files: bool = False,
) -> duckdb.DuckDBPyConnection:
    """Open what is published for questions of others, with the marts first.

    SQL on this connection reads the marts and the files `reads`, writes the one file
    `writes` (where the answer goes), and nothing else: no network, no extension, and no
    setting can be changed any more. With `reads_files` it may read any file.
    """
    connection = open_marts_first(published_path(name))
    paths = [*reads, *([] if writes is None else [writes])]
    allowed = [sql_text(path.absolute()) for path in paths]
    if not reads_files:
        connection.execute(
            f"set allowed_paths = [{', '.join(allowed)}];"
            " set enable_external_access = false"
        )
    connection.execute("set lock_configuration = true")
    return connection


def open_marts_first(path: Path, name: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a file with marts read-only; they come first in the search path.

    `name` is the dataset, if the file has not its name.

    Raises
    ------
    CarbonshedError
        With DuckDB's own words if it cannot be opened, or if it is a publication of
        another version or of another dataset.
    """
    connection = None
    try:
        connection = duckdb.connect(path, read_only=True)
        refusal = publication_refusal(connection, path, name)
    except duckdb.Error as failure:  # also of a part that is read later
        refusal = (
            f"{path.name} cannot be opened: {failure}; if it is damaged, publish it"
            f" again: {build_command(path.stem)}"
        )
    if connection is None or refusal:
        if connection is not None:
            connection.close()
        raise CarbonshedError(refusal)
    # a name in SQL is a table, never something that Python calls so; and no question
    # asks the network for an extension
    connection.execute(
        "set search_path = 'marts'; set python_enable_replacements = false;"
        " set autoinstall_known_extensions = false;"
        " set autoload_known_extensions = false"
    )
    return connection


def publication_refusal(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str | None = None
) -> str | None:
    """Return why an open publication cannot be read, None if it can."""
    table = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts'"
        " and table_name = 'publication' and database_name = current_database()"
    ).fetchone()
    name = name or path.name.partition(".")[0]  # also of NAME.previous.duckdb
    again = f"publish it again: {build_command(name)}"
    if table is None and PUBLISHED in path.parts:
        return (
            f"{path}: is not what was published: it has no table marts.publication."
            f" Move it away and {again}"
        )
    if table is None:  # a work file
        return None
    row, *_ = rows_of(connection.sql("from marts.publication")) or [{}]
    number, dataset = row.get("layout"), row.get("dataset", name)
    if refusal := versions.refusal(str(path), number, versions.PUBLICATION, again):
        return refusal
    if dataset != name:
        return (
            f"{path}: is what was published of {dataset!r}, renamed or copied by hand:"
            f" give it its name again, or move it away and {again}"
        )
    return None


def run_query(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> duckdb.DuckDBPyRelation:
    """Answer a question in SQL: one statement that only reads.

    Anything else is refused before it runs; errors have DuckDB's own words.
    """
    try:
        refuse_all_but_a_question(sql)
        return connection.sql(sql)
    except duckdb.PermissionException as failure:
        raise CarbonshedError(
            f"{failure}\nA question reads the marts alone; carbonshed query --files"
            " lets it read files too"
        ) from failure
    except duckdb.CatalogException as failure:
        unknown = re.search(r"Table with name (.+) does not exist", str(failure))
        remedy = unknown and _remedy_of_a_view(connection, unknown[1])
        raise CarbonshedError(remedy or str(failure)) from failure
    except duckdb.Error as failure:
        if "prepared parameter" in str(failure):
            raise CarbonshedError(
                "the SQL has a parameter, $name or ?, of which only Python gives the"
                " value: carbonshed.open(NAME).sql(SQL, params); write the value itself"
            ) from failure
        raise CarbonshedError(str(failure)) from failure


def refuse_all_but_a_question(sql: str) -> None:
    """Refuse a text that is not one statement in SQL that only reads."""
    if not sql.strip():
        msg = (
            "no SQL is given; expected a question, such as: from footprint_rankings."
            " Questions that are ready have a name: carbonshed ask"
        )
        raise CarbonshedError(msg)
    if any("\ud800" <= letter <= "\udfff" for letter in sql):  # bytes, to Python
        raise CarbonshedError("the SQL is not UTF-8; expected a text in UTF-8")
    if "Encountered an error" in sql:  # dbt prints it where the SQL was to be
        raise CarbonshedError(f"dbt has not written the question:\n{_plain(sql)}")
    refuse_what_is_no_question(sql)


def _remedy_of_a_view(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """Return what to do if the warehouse has a view of this name; None if not."""
    (path,) = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    # of an edition, to which a link in the folder of what is published leads
    shelves = [folder for folder in Path(path).parents if folder.name == PUBLISHED]
    if not shelves:
        return None
    warehouse = shelves[0].parent / Path(path).name
    # a build may have it open, and another program may have taken its place
    with (
        suppress(duckdb.Error),
        duckdb.connect(warehouse, read_only=True) as beside,
    ):
        views = beside.execute(
            "select view_name from duckdb_views() where schema_name = 'marts'"
            " and lower(view_name) = lower(?)",
            [name],
        ).fetchall()
        return about_views([view for (view,) in views]) if views else None
    return None


def _plain(text: str) -> str:
    """Return a text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def caveat_note(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the caveat of every number of a dataset, empty if there is none."""
    facts, *_ = rows_of(run_query(connection, "from dataset"))
    # publications of an earlier version lack the column
    return facts.get("caveat_note") or ""


def published_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the tables that are published."""
    rows = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
        " and database_name = current_database() order by table_name"
    ).fetchall()
    return [table for (table,) in rows]


def describe_table(
    connection: duckdb.DuckDBPyConnection, table: str
) -> tuple[str, list[tuple[str, str, str, str]]]:
    """Return a table's description, and name, type, unit and meaning of its columns."""
    tables = published_tables(connection)
    if table not in tables:
        raise CarbonshedError(
            f"no table is called {table!r}{suggestion(table, tables)}; there are:"
            f" {listing(tables)}"
        )
    (description,) = connection.execute(
        "select coalesce(max(mart_description), '') from marts.columns"
        f" where mart = {sql_text(table)}"
    ).fetchone()
    columns = connection.execute(
        "select names.column_name, lower(names.data_type),"
        " coalesce(described.unit, ''), coalesce(described.description, '')"
        " from duckdb_columns() as names left join marts.columns as described"
        " on names.table_name = described.mart"
        " and names.column_name = described.column"
        f" where names.schema_name = 'marts' and names.table_name = {sql_text(table)}"
        " order by names.column_index"
    ).fetchall()
    return description, columns


# subjects of the marts, folders of models/marts, in the order in which they are read,
# each with the mart that is read first
SUBJECTS = {
    "accounts": "regional_accounts",
    "changes": "footprint_changes",
    "linkages": "sector_linkages",
    "leakage": "leakage_flows",
    "supply": "supply_paths",
    "prices": "carbon_price_burden",
    "inequality": "inequality_indices",
    "policy": "super_emitters",
    "uncertainty": "footprint_uncertainty",
    "quality": "findings",
    "dimensions": "dataset",
}
OTHERS = "others"  # the publication itself, and models of a user


def mart_overview(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, list[tuple[str, int, str]]]:
    """Return name, rows and what it answers of every mart, by subject.

    A user's mart that does not say what it answers has what one row is.
    """
    described = connection.execute(
        "select tables.table_name, coalesce(max(described.mart_answers),"
        " split_part(max(described.mart_description), '. ', 1), ''),"
        " max(described.mart_subject)"
        " from duckdb_tables() as tables left join marts.columns as described"
        " on tables.table_name = described.mart"
        " where tables.schema_name = 'marts' group by 1"
        f" order by table_name not in {(*SUBJECTS.values(),)}, table_name"
    ).fetchall()
    overview: dict[str, list[tuple[str, int, str]]] = {
        subject: [] for subject in (*SUBJECTS, OTHERS)
    }
    for mart, answers, subject in described:
        (rows,) = connection.sql(f"select count(*) from {sql_name(mart)}").fetchone()
        overview[subject if subject in overview else OTHERS].append(
            (mart, rows, answers)
        )
    return {subject: marts for subject, marts in overview.items() if marts}
