"""What a full build publishes by itself is what it has built."""

import re

import duckdb
import pyarrow.parquet as pq
import pytest
from support.mart_contract import GRAINS
from support.tiny_folder import TinyFolder


@pytest.fixture(scope="module")
def connection(several_years):
    """Return a connection to both, with the publication first."""
    folder = several_years.warehouse.parent / "published"
    with duckdb.connect() as opened:
        for name, path in (
            ("published", folder / several_years.warehouse.name),
            ("built", several_years.warehouse),
        ):
            opened.execute(f"attach '{path}' as {name} (read_only)")
        yield opened


@pytest.fixture(scope="module")
def marts(connection):
    """Return the names of the marts that were built."""
    tables = connection.sql(
        "select table_name from duckdb_tables()"
        " where database_name = 'built' and schema_name = 'marts'"
    ).fetchall()
    assert len(tables) > 30
    return [table for (table,) in tables]


def test_every_mart_is_published_as_it_was_built(connection, marts):
    different = [
        mart
        for mart in marts
        if connection.sql(
            f"with published_rows as (from published.marts.{mart}"
            # the table publication is described with the marts
            f" {'where mart <> $$publication$$' if mart == 'columns' else ''})"
            f" select count(*) from ("
            f"    (from built.marts.{mart} except all from published_rows)"
            f"    union all"
            f"    (from published_rows except all from built.marts.{mart})"
            f")"
        ).fetchone()
        != (0,)
    ]
    assert different == []


def test_nothing_else_is_published(connection, marts):
    tables = connection.sql(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = 'published' union all"
        " select schema_name || '.' || view_name from duckdb_views()"
        " where database_name = 'published' and not internal"
    ).fetchall()
    expected = {f"marts.{mart}" for mart in [*marts, "publication"]}
    assert {table for (table,) in tables} == expected


@pytest.mark.parametrize(
    "what",
    [
        "table_name, column_name, data_type, is_nullable, comment"
        " from duckdb_columns()",
        "table_name, comment from duckdb_tables()",
    ],
)
def test_descriptions_and_units_are_published(connection, what):
    built, published = (
        connection.execute(
            f"select {what} where database_name = ? and schema_name = 'marts'"
            " and table_name <> 'publication' order by all",
            [database],
        ).fetchall()
        for database in ("built", "published")
    )
    assert published == built
    silent = connection.sql(
        f"select {what} where database_name = 'published' and schema_name = 'marts'"
        " and coalesce(comment, '') = ''"
    ).fetchall()
    assert silent == []


def test_the_publication_says_what_it_is(connection, several_years, marts):
    (row,) = connection.sql(
        "select publication.dataset, is_synthetic, publication.dataset_id, build_kind,"
        " tables, rows from published.marts.publication"
    ).fetchall()
    (dataset_id,) = connection.sql(
        "select dataset_id from built.marts.dataset"
    ).fetchone()
    rows = sum(
        connection.sql(f"select count(*) from published.marts.{mart}").fetchone()[0]
        for mart in marts
    )
    is_synthetic = connection.sql(
        "select is_synthetic from built.marts.dataset"
    ).fetchone()[0]
    assert row == (
        several_years.name,
        is_synthetic,
        dataset_id,
        "full",
        len(marts),
        rows,
    )


def test_there_is_a_parquet_file_of_every_table(connection, several_years, marts):
    folder = several_years.warehouse.parent / "published" / several_years.name
    files = {path.stem: path for path in folder.iterdir()}
    assert set(files) == {*marts, "publication"}
    for mart, path in files.items():
        (rows,) = connection.sql(
            f"select count(*) from published.marts.{mart}"
        ).fetchone()
        assert pq.ParquetFile(path).metadata.num_rows == rows, mart


def constraints(connection, database, kind):
    return dict(
        connection.execute(
            "select table_name, list(constraint_text) from duckdb_constraints()"
            " where database_name = ? and constraint_type = ? group by all",
            [database, kind],
        ).fetchall()
    )


def test_small_tables_have_keys(connection, marts):
    """Primary ones of the grain, foreign ones where a dimension has all values."""
    keys = constraints(connection, "published", "PRIMARY KEY")
    assert keys["regions"] == ["PRIMARY KEY(region_id)"]
    for mart in (mart for mart in marts if mart in GRAINS):
        columns = ", ".join(f'"{key}"' for key in GRAINS[mart])
        # some checks are of no year
        has_key = columns and mart != "audit_checks"
        expected = [f"PRIMARY KEY({columns})"] if has_key else []
        found = [text.replace('"', "") for text in keys.get(mart, [])]
        assert found == [text.replace('"', "") for text in expected], mart
    foreign = constraints(connection, "published", "FOREIGN KEY")
    to_regions = "FOREIGN KEY (origin_region_id) REFERENCES marts.regions(region_id)"
    assert to_regions in foreign["embodied_flows"]
    # EXPORT is no region
    assert not any("destination" in text for text in foreign["embodied_flows"])
    assert to_regions.replace("origin", "destination") in foreign["leakage_flows"]


def test_a_build_says_what_it_did_in_some_lines(several_years, project, marts):
    signs_of_life = re.compile(r"  .* \((\d+%, )?\d+ s\)")  # on a slow machine
    lines = [
        line
        for line in several_years.said.splitlines()
        if not signs_of_life.fullmatch(line)
    ]
    # warnings come in full, and this table has many
    assert len([line for line in lines if "WARNING" not in line]) <= 20, lines
    assert "\x1b" not in several_years.said, "nothing changes where nobody watches"
    steps = [line.split(":")[0] for line in lines if not line.startswith(" ")]
    assert steps == ["Checked", "Built", "Tested", "Log", "Parquet", "Published"]
    for year in several_years.system.years:
        of_year = [line for line in lines if line.startswith(f"  {year} ")]
        assert len(of_year) == 3
        solved, steps = of_year[0], "\n".join(of_year[1:])
        assert "solved (direct): " in solved
        assert "relative residual" in solved
        assert "errors carried to " in steps
        assert " links of 0.001 or more" in steps
    assert lines[0].startswith(f"Checked:   {several_years.name}: ")
    shelf = f"warehouse/published/{several_years.name}"
    assert lines[-2] == f"Parquet:   {shelf}/"
    last = re.fullmatch(
        rf"Published: {shelf}\.duckdb: {len(marts)} marts and publication,"
        r" [\d,]+ rows, [\d.]+ MB; (\d+) s",
        lines[-1],
    )
    built = re.search(r"^Built: .* in (\d+) s$", several_years.said, re.M)
    assert int(built[1]) <= int(last[1])
    # dbt's line for each model and test is in the log
    log = (project.root / "logs" / "dbt.log").read_text("utf-8")
    for mart in marts:
        assert f"START sql table model marts.{mart} " in log, mart


def test_a_publication_is_checked_with_what_scenarios_stand_on(required_only, project):
    """Nothing of it is unknown, and each of its solved tables must be listed."""
    words = ("carbonshed", "check", "publication", required_only.name)
    whole = project.run(*words).must_pass()
    assert "as written" in whole.text
    folder = project.root / "warehouse" / "published"
    published = folder / f"{required_only.name}.duckdb"
    listed = published.resolve().with_name("SHA256SUMS")
    kept = listed.read_text("utf-8")
    lines = kept.splitlines(keepends=True)
    of_scenarios = [line for line in lines if "what_if/embodied_output." in line]
    assert of_scenarios
    try:
        for line in of_scenarios:
            listed.write_text(kept.replace(line, ""), "utf-8")
            lacking = project.run(*words)
            lacking.must_refuse(f"does not list {line.split()[1]}")
    finally:
        listed.write_text(kept, "utf-8")


@pytest.mark.slow
def test_what_is_published_already_is_not_made_again(project, tmp_path):
    """Until something that it was made from is another."""
    project.ingest(TinyFolder(tmp_path / "tidy").write(), "again").must_pass()

    def build(*words: str) -> str:
        command = ("carbonshed", "build", "again", *words)
        return project.run(*command).must_pass().text

    fewer = ("--vars", "analyses: false")
    assert "Published:" in build(*fewer)
    assert "again: nothing has changed since it was built" in build(*fewer)
    selected = build(*fewer, "--", "--select", "stg_regions")
    assert "nothing has changed" not in selected
    project.warehouse("again").unlink()
