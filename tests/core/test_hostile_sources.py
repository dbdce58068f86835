"""Maps and folders of strangers: refused in words, and nothing outside is read."""

import os
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from soak.sources import SOURCES
from support.commands import run_command
from support.layouts.office import Office
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder

from carbonshed.progress import no_progress
from carbonshed.readers.files.yaml_files import read_yaml
from carbonshed.readers.look.detect import read_cells
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.readers.workbook.assemble import read_csv_matrix, read_excel
from carbonshed.readers.world.reading import need_source

SECRET = "nobody-may-read-this"


def refusal(reader, *args) -> str:
    error = refusal_of(reader, *args)
    assert "\n" not in error
    return error


def refused(file: Office, source, folder, read=read_excel) -> str:
    options = IngestOptions("a", map=file.write_map(folder))
    return refusal(read, source, options, no_progress)


def many_aliases() -> str:
    """Return a list whose text has 10^9 parts once its aliases are written out."""
    levels = [f"&a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    return f"[&a0 x, {', '.join(levels)}]"


class TestMaps:
    """YAML of a stranger."""

    @pytest.mark.parametrize("key", ["title", "blocks"])
    @pytest.mark.parametrize(
        "value",
        [
            "&a [*a]",
            "&a {b: *a}",
            "{<<: [{c: 1}, *a]}",
            "[" * 3000 + "]" * 3000,
            "!!python/object/apply:os.mkdir [owned]",
            "!!python/name:os.system ''",
            "!!binary AAAA",
        ],
        ids=["itself", "in itself", "merged", "deep", "a call", "a name", "binary"],
    )
    def test_a_value_that_is_none(self, key, value, empty_project):
        path = empty_project / "map.yml"
        path.write_text(f"{key}: {value}\n", encoding="utf-8")
        options = IngestOptions("a", map=path)
        assert "map.yml" in refusal_of(read_excel, path, options, no_progress)
        assert not (empty_project / "owned").exists()

    def test_aliases_are_refused_at_once(self, tmp_path):
        keys = ("title: ", "year: ", "header_rows: ", "accept: ", "blocks: {use: ")
        for number, key in enumerate(keys):
            text = f"{key}{many_aliases()}{'}' * ('{' in key)}\n"
            (tmp_path / f"{number}.yml").write_text(text, encoding="utf-8")
        # in a process of its own, because aliases could be computed without end
        code = (
            "import sys, pathlib; from carbonshed.errors import CarbonshedError\n"
            "from carbonshed.readers.options import IngestOptions\n"
            "from carbonshed.readers.workbook.assemble import read_excel\n"
            "for path in map(pathlib.Path, sys.argv[1:]):\n"
            "    try: read_excel(path, IngestOptions('a', map=path), print)\n"
            "    except CarbonshedError as error: print(error)\n"
        )
        lines = subprocess.run(
            [sys.executable, "-c", code, *sorted(map(str, tmp_path.glob("*.yml")))],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout.splitlines()
        assert len(lines) == len(keys)
        for number, line in enumerate(lines):
            assert line.startswith(f"{number}.yml: ")
            assert "alias *a0 (line 1)" in line
            assert "write the value out" in line

    def test_an_anchor_alone_is_harmless(self, tmp_path):
        path = tmp_path / "map.yml"
        path.write_text("title: &t Table\nyear: 2012\n", encoding="utf-8")
        assert read_yaml(path).content == {"title": "Table", "year": "2012"}

    def test_many_keys_take_no_time(self, tmp_path):
        path = tmp_path / "map.yml"
        keys = "\n".join(f"  {number}: 1" for number in range(20_000))
        path.write_text(f"currency_per_usd:\n{keys}\n", encoding="utf-8")
        start = time.process_time()
        assert len(read_yaml(path).content["currency_per_usd"]) == 20_000
        assert time.process_time() - start < 15  # a minute with the square of them
        path.write_text(f"a:\n{keys}\n  7: 2\n", encoding="utf-8")
        assert "the key '7' occurs twice" in refusal(read_yaml, path)

    @pytest.mark.parametrize("people", ["1e308", "9223372036854775808", "-1"])
    def test_people_beyond_all_numbers(self, people, tmp_path):
        file = Office()
        file.map["regions"][0]["population"] = people
        said = refused(file, file.write_excel(tmp_path / "t.xlsx"), tmp_path)
        assert said.startswith("map.yml: line 1: `regions[1].population` is ")
        assert "expected a whole number" in said

    @pytest.mark.parametrize("unit", ["1e308", "1e-300"])
    def test_a_unit_beyond_all_money(self, unit, tmp_path):
        file = Office()
        file.map["currency_unit"] = unit
        said = refused(file, file.write_excel(tmp_path / "t.xlsx"), tmp_path)
        assert said.startswith("map.yml: line 1: `currency_unit` is 1e")
        assert "expected a number from 1e-15 to 1e+18" in said

    @pytest.mark.parametrize("key", ["year", "years"])
    @pytest.mark.parametrize("written", ["1e3", "2.012E3"])
    def test_a_year_is_written_in_digits(self, key, written, tmp_path):
        file = Office()
        del file.map["year"]
        file.map[key] = written
        said = refused(file, file.write_excel(tmp_path / "t.xlsx"), tmp_path)
        assert said.startswith(f"map.yml: line 1: `{key}` is '{written}'; expected ")


class TestFolders:
    """What a map or a folder of a stranger leads to."""

    @pytest.fixture
    def folder(self, tmp_path):
        """Return a folder with a table, a private file beside it."""
        (tmp_path / "private.csv").write_text(f"{SECRET}\n" * 9, encoding="utf-8")
        folder = tmp_path / "tables"
        folder.mkdir()
        Office().write_csv(folder / "T.csv")
        Office().write_excel(folder / "t.xlsx")
        return folder

    @pytest.mark.parametrize(
        "name", ["../private.csv", "/etc/passwd", "tables/../../private.csv", ".", ".."]
    )
    @pytest.mark.parametrize("place", ["root", "block"])
    def test_a_file_outside_the_folder(self, name, place, folder, tmp_path):
        file = Office()
        node = file.map if place == "root" else file.map["blocks"]["exports"]
        node["file"] = name
        if place == "block":
            file.map["file"] = "t.xlsx"
        said = refused(file, folder, tmp_path)
        assert f"no file {name!r} (`file` of the map)" in said
        if place == "root":
            said = refused(file, folder, tmp_path, read_csv_matrix)
            assert f"no file {name!r} (`file` of the map)" in said
        assert SECRET not in said
        assert "root:" not in said

    @pytest.mark.parametrize("read", [read_excel, read_csv_matrix])
    def test_a_link_out_of_the_folder(self, read, folder, tmp_path):
        (folder / "link.csv").symlink_to(tmp_path / "private.csv")
        (folder / "link.xlsx").symlink_to(tmp_path / "private.csv")
        file = Office()
        file.map["file"] = "link.xlsx" if read is read_excel else "link.csv"
        said = refused(file, folder, tmp_path, read)
        assert "is a link to a file outside" in said
        assert "copy the file into the folder" in said
        assert SECRET not in said
        del file.map["file"]
        file.map["sheet"] = "link"
        assert SECRET not in refused(file, folder, tmp_path, read)

    def test_a_link_within_the_folder(self, folder, tmp_path):
        (folder / "U.csv").symlink_to(folder / "T.csv")
        file = Office()
        file.map["sheet"] = "U"
        options = IngestOptions("a", map=file.write_map(tmp_path))
        (table,) = read_csv_matrix(folder, options, no_progress)
        assert table.year == 2012

    @pytest.mark.parametrize("read", [read_excel, read_csv_matrix])
    def test_a_file_beside_the_source(self, read, folder, tmp_path):
        """SOURCE is one file: what lies beside it was not given."""
        (folder / "beside.csv").write_text(SECRET, encoding="utf-8")
        file = Office()
        file.map["file"] = "beside.csv"
        source = folder / ("t.xlsx" if read is read_excel else "T.csv")
        said = refused(file, source, tmp_path, read)
        assert "expected the folder of its files as SOURCE" in said
        assert SECRET not in said

    @pytest.mark.parametrize("name", ["p.csv", "p.txt", "p.xlsx"])
    def test_look_does_not_wait_at_a_pipe(self, name, tmp_path):
        os.mkfifo(tmp_path / name)
        said = refusal(list, read_cells(tmp_path / name))
        assert said.startswith(f"{tmp_path / name}: is a pipe or a device; expected ")
        if not name.endswith(".txt"):  # of a folder, .txt is not looked at
            said = refusal(list, read_cells(tmp_path))
            assert said.startswith(f"{tmp_path / name}: is a pipe or a device; ")

    @pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
    def test_no_source_waits_at_a_pipe_or_reads_without_end(
        self, source, empty_project
    ):
        """Whichever of its files is none, also those that stand beside it."""
        (empty_project / "in").mkdir()
        source.write(empty_project / "in")
        places = (*empty_project.iterdir(), *(empty_project / "in").rglob("*"))
        files = {path for path in places if path.is_file()}
        for path in sorted(files - {empty_project / "dbt_project.yml"}):
            content = path.read_bytes()
            for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero")):
                path.unlink()
                make(path)
                assert path.name in refusal_of(run_command, *source.words)
            path.unlink()
            path.write_bytes(content)

    def test_a_folder_that_a_parser_opens_by_itself(self, tmp_path):
        (tmp_path / "satellite").mkdir()
        os.mkfifo(tmp_path / "satellite" / "F.txt")
        said = refusal(need_source, tmp_path, "the folder of a year")
        assert said.startswith(f"{tmp_path / 'satellite' / 'F.txt'}: is a pipe or ")

    def test_look_follows_no_link_out_of_the_folder(self, folder, tmp_path):
        (folder / "link.csv").symlink_to(tmp_path / "private.csv")
        said = refusal(list, read_cells(folder))
        assert "is a link to a file outside" in said


class TestWholeNumbers:
    """Whole numbers of 64 bits, of which a double holds 53."""

    def test_digits_that_are_lost_are_counted(self, empty_project, tmp_path):
        folder = TinyFolder(tmp_path / "tidy", "parquet").write()
        path = folder / "transactions.parquet"
        table = pq.read_table(path)
        values = [int(value.as_py()) for value in table["value"]]
        values[1], values[2] = 2**53 + 1, 2**60  # the second fits
        where = table.schema.get_field_index("value")
        column = pa.array(values, pa.int64())
        pq.write_table(table.set_column(where, "value", column), path)
        (note,) = [n for n in ingest_tidy(folder, "big").notes if "2^53" in n]
        assert note.startswith(
            "WARNING: transactions.parquet: column `value`: 1 whole "
        )
        assert "9007199254740993" in note
