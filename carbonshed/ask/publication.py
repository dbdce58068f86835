"""The publication for notebooks and scripts: ``carbonshed.open(NAME)``."""

import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from carbonshed.ask.query import (
    open_marts_first,
    published_path,
    published_tables,
    refuse_all_but_a_question,
)
from carbonshed.ask.sql import Parameters, mixtures
from carbonshed.errors import CarbonshedError
from carbonshed.names import DEFAULT_NAME, validate_name
from carbonshed.paths import is_in_project, project_at, warehouse_dir
from carbonshed.text import split_caveat, sql_name, suggestion

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_STRESSORS_UNIT = "unit of the stressor"


class Publication:
    """One edition of what is published of a dataset, open for reading.

    A new build does not change what is open: it is one edition, whole, until `refresh`
    or a new `carbonshed.open`. Every mart is an attribute too: ``db.regional_accounts``
    is ``db.mart("regional_accounts")``. Use it in ``with``, or `close` it, or let go
    of it.

    Parameters
    ----------
    name
        A published dataset; without it, the default one.
    project
        The project folder, the one with ``dbt_project.yml``. Without it, the current
        one or the nearest above it that is one; outside of any, that of the environment
        variable ``CARBONSHED_PROJECT``.

    Attributes
    ----------
    name : str
        The dataset.
    path : Path
        The database of the edition that is open.
    tables : tuple of str
        The marts, and ``publication``.
    about : dict
        The rows of the marts ``dataset`` and ``publication``: title, currency,
        country, licence, source, is_synthetic, publication_id, published_at, ...

    Raises
    ------
    CarbonshedError
        If the folder is no project, nothing of the dataset is published there, or it
        cannot be opened.
    """

    def __init__(
        self, name: str | None = None, project: str | Path | None = None
    ) -> None:
        self.name = validate_name(DEFAULT_NAME if name is None else name)
        self._project = (
            None if project is None else project_at(Path(project), "project").resolve()
        )
        self._open(self._newest())

    def mart(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return a mart as a relation of DuckDB.

        A relation is a question that is not asked yet: ``filter``, ``select``,
        ``order``, ``limit`` and ``aggregate`` refine it; ``df()``, ``pl()``,
        ``to_arrow_table()`` and ``fetchall()`` ask it.

        Raises
        ------
        CarbonshedError
            If there is no such mart.
        """
        return self._connection.table(f"marts.{sql_name(self._known(name))}")

    def sql(
        self, question: str, params: Parameters | None = None
    ) -> duckdb.DuckDBPyRelation:
        """Return the answer to a question in SQL as a relation of DuckDB.

        It reads, as `carbonshed query` does: a statement that writes a file, changes a
        setting or loads an extension is refused, and so is a second one. What adds up
        alternatives, such as tonnes and money, gets a warning. Marts need no schema
        name. A frame of pandas or Polars, or a table of Arrow, is asked by the name of
        its variable.

        Parameters
        ----------
        question
            One statement that only reads, as for ``carbonshed query --files``.
        params
            Values for ``?``, or a mapping for ``$name``.

        Raises
        ------
        CarbonshedError
            If it is anything else, or, with DuckDB's own words, does not run.
        """
        return self._answer(question, params, 3)

    def df(self, question: str, params: Parameters | None = None) -> "pd.DataFrame":
        """Return a mart, or the answer to a question in SQL, as a frame of pandas.

        Whole numbers of which one is missing are of pandas' type ``Int64``.

        Raises
        ------
        CarbonshedError
            As `mart` and `sql`, or if pandas is not installed.
        """
        return self._ask(question, params, "pandas").df()

    def pl(self, question: str, params: Parameters | None = None) -> "pl.DataFrame":
        """Return a mart, or the answer to a question in SQL, as a frame of Polars.

        Raises
        ------
        CarbonshedError
            As `mart` and `sql`, or if Polars is not installed.
        """
        return self._ask(question, params, "polars").pl()

    def arrow(self, question: str, params: Parameters | None = None) -> "pa.Table":
        """Return a mart, or the answer to a question in SQL, as a table of Arrow.

        Raises
        ------
        CarbonshedError
            As `mart` and `sql`, or if PyArrow is not installed.
        """
        return self._ask(question, params, "pyarrow").to_arrow_table()

    def columns(self, mart: str) -> duckdb.DuckDBPyRelation:
        """Return the columns of a mart: ``column_name``, ``data_type``, ``comment``.

        Raises
        ------
        CarbonshedError
            If there is no such mart.
        """
        return self.sql(
            "select column_name, data_type, comment from duckdb_columns()"
            " where schema_name = 'marts' and table_name = ?"
            " and database_name = current_database() order by column_index",
            [self._known(mart)],
        )

    def units(self, mart: str, stressor_id: str | None = None) -> dict[str, str]:
        """Return the unit of every column of a mart that has one.

        Parameters
        ----------
        mart
            The mart.
        stressor_id
            The stressor of the rows. Without it, amounts that follow it have the
            ``unit of the stressor``: never add rows of two stressors.

        Raises
        ------
        CarbonshedError
            If there is no such mart or stressor.
        """
        words = {}
        if stressor_id is not None:
            words[_STRESSORS_UNIT] = self._unit_of(stressor_id)
        words["currency"] = self.about["currency"]  # the stressor's may be this
        units = {}
        described = self.sql(
            'select described."column", described.unit'
            " from marts.columns as described inner join duckdb_columns() as names"
            " on described.mart = names.table_name"
            " and described.column = names.column_name"
            " where described.mart = ? and described.unit is not null"
            " and names.schema_name = 'marts'"
            " and names.database_name = current_database()"
            " order by names.column_index",
            [self._known(mart)],
        )
        for column, unit in described.fetchall():
            units[column] = unit
            for word, meaning in words.items():
                units[column] = units[column].replace(word, meaning)
        return units

    def refresh(self) -> bool:
        """Open what is published now; return whether it is another edition.

        Relations that were returned before go on answering from theirs.

        Raises
        ------
        CarbonshedError
            If it cannot be opened; what was open then stays open.
        """
        newest = self._newest()
        if newest == self.path:
            return False
        self._open(newest)
        return True

    def close(self) -> None:
        """Close it: relations that are not asked yet are lost, frames are not."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return itself; it is closed at the end of ``with``."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __getattr__(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return the mart of that name."""
        if name.startswith("_") or name not in self.__dict__.get("tables", ()):
            tables = self.__dict__.get("tables", ())
            msg = f"{type(self).__name__} has no attribute and no mart {name!r}"
            # without the object, of which Python would suggest a name once more
            raise AttributeError(msg + suggestion(name, tables), name=name)
        return self.mart(name)

    def __dir__(self) -> list[str]:
        """Return its names, the marts among them: what a notebook completes."""
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        """Name the publication, and whether it is invented."""
        mark, sentence = split_caveat(self.about.get("caveat") or "")
        caveat = mark.upper() or sentence.removesuffix(".")
        mark = f"{caveat}; " if caveat else ""
        return (
            f"<{self.name}: {self.about['title']}; {mark}published"
            f" {self.about['published_at']:%Y-%m-%d %H:%M:%S} UTC,"
            f" {len(self.tables) - 1} marts and publication>"
        )

    def _newest(self) -> Path:
        """Return the file of the newest edition, not the link that leads to it."""
        folder = self._project / "warehouse" if self._project else warehouse_dir()
        try:
            return published_path(self.name, folder).resolve()
        except CarbonshedError as refusal:
            if self._project or is_in_project():
                raise
            msg = (
                f"{refusal}. This is not the project folder or one inside it: name it"
                " with project=, or in the environment variable CARBONSHED_PROJECT"
            )
            raise CarbonshedError(msg) from None

    def _open(self, path: Path) -> None:
        # one file has one database in a process: of a link it would be the old one
        self._connection = open_marts_first(path, self.name)
        # a frame is found where it is named, beyond the methods in between
        self._connection.execute(
            "set python_enable_replacements = true; set python_scan_all_frames = true"
        )
        self.path = path
        self.tables = tuple(published_tables(self._connection))
        self.about: dict[str, Any] = {}
        for mart in ("publication", "dataset"):
            relation = self.mart(mart)
            row = relation.fetchone() or [None] * len(relation.columns)
            self.about |= dict(zip(relation.columns, row, strict=True))

    def _known(self, name: str) -> str:
        if name in self.tables:
            return name
        raise CarbonshedError(
            f"{self.name} has no mart {name!r}{suggestion(name, self.tables)};"
            " `tables` lists what there is"
        )

    def _ask(
        self, question: str, params: Parameters | None, library: str
    ) -> duckdb.DuckDBPyRelation:
        if find_spec(library) is None:
            raise CarbonshedError(
                f"{library} is not installed in this environment: pip install {library}"
            )
        if params is None and re.fullmatch(r"\w+", question):
            return self.mart(question)
        return self._answer(question, params, 4)

    def _answer(
        self, question: str, params: Parameters | None, stacklevel: int
    ) -> duckdb.DuckDBPyRelation:
        try:
            refuse_all_but_a_question(question)
            # not in `run_query`: a frame that is called as a variable there, such as
            # `connection`, would not be found
            relation = self._connection.sql(question, params=params)
        except duckdb.Error as failure:
            raise CarbonshedError(str(failure)) from None  # its words are all there
        for text in mixtures(self._connection, question, relation.columns, params):
            warnings.warn(text, stacklevel=stacklevel)
        return relation

    def _unit_of(self, stressor_id: str) -> str:
        units = dict(self.sql("select stressor_id, unit from stressors").fetchall())
        if stressor_id not in units:
            raise CarbonshedError(
                f"{self.name} has no stressor {stressor_id!r}"
                f"{suggestion(stressor_id, units)}; expected one of:"
                f" {', '.join(sorted(units))}"
            )
        return units[stressor_id]
