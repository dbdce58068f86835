"""Ask hostile questions in SQL: refused in words, and nothing is read or written."""

import os
import random
from functools import partial
from pathlib import Path

from soak import engine
from soak.engine import Player, run_command

SECRET = "nobody-may-read-this"
# PLACE stands for a file with a secret, a pipe, a file that is not there, or a folder
_REFUSED = (
    *("pragma tpch(1)", "pragma create_fts_index('regions', 'region_id', '*')"),
    *("import database 'PLACE'", "export database 'PLACE'", "attach 'PLACE' as a"),
    *("attach 'PLACE' as a (type sqlite)", "detach tiny", "use memory"),
    *("copy regions to 'PLACE'", "copy (select 1) to 'PLACE' (format parquet)"),
    *("copy regions from 'PLACE'", "install httpfs", "force install spatial"),
    *("install a from 'PLACE'", "load httpfs", "load 'PLACE'", "update extensions"),
    *("call enable_logging()", "call pragma_version()", "checkpoint", "vacuum"),
    *("from enable_logging('QueryLog', storage='file', storage_path='PLACE')",),
    *("from enable_profiling(format='json', save_location='PLACE')",),
    *("select * from enable_logging('QueryLog')", "from truncate_duckdb_logs()"),
    *("pragma enable_profiling", "pragma profiling_output='x'"),
    *("set enable_external_access = true", "set temp_directory = 'PLACE'"),
    *("set lock_configuration = false", "reset all", "set threads = 99"),
    *("set home_directory = 'PLACE'", "set custom_extension_repository = 'PLACE'"),
    *("create table a as select 1", "create secret (type s3)", "drop table regions"),
    *("insert into regions default values", "delete from regions", "begin", "commit"),
    *("update regions set region_name = 'a'", "truncate regions", "execute a"),
    *(
        "create macro a() as 1",
        "prepare a as select 1",
        "alter table regions rename to a",
    ),
    *(
        "select 1; copy regions to 'PLACE'",
        "select 1; select 2",
        "explain copy a to 'a'",
    ),
    *(
        "explain analyze copy regions to 'PLACE'",
        "create or replace view a as select 1",
    ),
    *("from 'PLACE'", "from 'PLACE.csv'", "from 'PLACE.parquet'", "from 'PLACE.json'"),
    *("from read_text('PLACE')", "from read_blob('PLACE')", "from read_csv('PLACE')"),
    *("from read_parquet('PLACE')", "from read_json('PLACE')", "from glob('PLACE/*')"),
    *(
        "from sniff_csv('PLACE')",
        "from parquet_metadata('PLACE')",
        "from sqlite_scan('PLACE', 'a')",
    ),
    *(
        "from parquet_schema('PLACE')",
        "from read_csv_auto('https://example.org/a.csv')",
    ),
    *("from read_duckdb('PLACE')", "from query('from read_text(''PLACE'')')"),
    *("from query_table('PLACE')", "with a as (from 'PLACE') from a"),
    *("select (select content from read_text('PLACE'))", "from parquet_scan('PLACE')"),
    *("select * from (values (1)) where exists (from read_blob('PLACE'))",),
    *(
        "",
        ";",
        "/* a",
        "select",
        "select '",
        "\0",
        "select \0",
        "select '\udcff'",
        "'" * 500,
    ),
    *(
        "(" * 20000,
        "select " + "-" * 9000 + "1",
    ),
    *(
        "select " + "not " * 20000 + "true",
        "select error('a')",
        "select cast('a' as int)",
    ),
)
# what may be asked, and ends within limits of memory and time
_ALLOWED = (
    *("from regions", "select getenv('HOME')", "select current_setting('threads')"),
    *("from duckdb_settings()", "from duckdb_secrets()", "from duckdb_extensions()"),
    *("describe regions", "summarize regions", "show tables", "explain from regions"),
    *("select * from regions limit 0", "select 'a' as \"a\nb\"", "select '\x1b[31m'"),
    *(
        "select chr(0)",
        "select 1e308 * 10",
        "select 0 / 0",
        "select null",
        "values (1)",
    ),
    *("select '\u202egnirts'", "select repeat('a', 100000)", "from range(1000)"),
    *("pivot regions on region_type using count(*)", "select write_log('a')"),
    *(
        "select unnest(range(5000)) as a",
        "select [1, {'a': [2]}]",
        "select interval 1 day",
    ),
    *(
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select date '0001-01-01'",
        "select 'infinity'::date",
        "select 1::hugeint * 1e30",
    ),
)


class Questioner(Player):
    """Questions to a dataset that is published in a project."""

    def __init__(self, project: Path, name: str) -> None:
        super().__init__()
        self.project = project
        self.name = name
        self.places = project / "places"
        self.home = project / "home"
        for folder in (self.home, self.places):
            folder.mkdir()

    def play(self, seed: int) -> None:
        """Ask one question, spoiled or not."""
        chance = random.Random(seed)
        must_refuse = chance.random() < 0.8
        place = self._place(chance.choice(("secret", "pipe", "nothing", "folder")))
        question = chance.choice(_REFUSED if must_refuse else _ALLOWED)
        asked = _dressed(question.replace("PLACE", str(place)), chance)
        words = ["query", self.name, asked]
        if chance.random() < 0.4:
            words += ["-f", chance.choice(("csv", "json", "markdown"))]
        before = self._state()
        outcome = engine.run(partial(self._ask, tuple(words)), self.project)
        what = f"seed {seed}: {asked[:300]!r}"
        if self.ended_badly(what, outcome):
            return
        if SECRET in outcome.text:
            self.fault("read", what, outcome.text)
        elif outcome.code == 0 and must_refuse:
            self.fault("not refused", what, outcome.text)
        elif self._state() != before:
            self.fault("written", what, self._state() ^ before)
        else:
            self.counts["refused" if outcome.code else "answered"] += 1

    def _ask(self, words: tuple[str, ...]) -> int:
        os.environ["HOME"] = str(self.home)
        return run_command(words)

    def _place(self, kind: str) -> Path:
        """Return where a file, a pipe, a folder or nothing is."""
        path = self.places / kind
        if not path.exists():
            match kind:
                case "secret":
                    path.write_text(f"{SECRET}\n1,2\n", "utf-8")
                case "pipe":
                    os.mkfifo(path)
                case "folder":
                    path.mkdir()
                    (path / "schema.sql").write_text(f"select '{SECRET}';", "utf-8")
                    (path / "load.sql").touch()
        return path

    def _state(self) -> set[tuple[str, int]]:
        """Return what is where questions could write, with its sizes."""
        folders = (self.places, self.home, self.project / "warehouse")
        return {
            (str(path), path.lstat().st_size)
            for folder in folders
            for path in folder.rglob("*")
        } | {(path.name, 0) for path in self.project.iterdir()}


def _dressed(question: str, chance: random.Random) -> str:
    """Return a question as others would write it."""
    match chance.randrange(7):
        case 0:
            return question.upper() if "'" not in question else question
        case 1:
            return f"/* a */ {question}"
        case 2:
            return f" -- a\n{question}"
        case 3:
            return f"{question};"
        case 4:
            return f" \t\n{question}\n;\n"
    return question
