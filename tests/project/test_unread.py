"""What nobody reads fails the lint by its name, and no longer once it is read."""

from pathlib import Path

import pytest
from typer import Typer
from typer.main import get_command

from tools.unread import find_unread, options_of

MART = "models/marts/heights.sql"
PROJECT = {
    MART: "select height, 'spoken_' || case_id as town_name from {{ ref('towns') }}",
    "models/marts/_models.yml": "heights, depth, town_name",
    "analyses/how_high.sql": "select height, town_id from heights",
    "docs/reference/data_dictionary.md": "`heights` `depths` `depth` `--deep` `level`",
    "tests/core/test_depth.py": "depths depth heights",
    "docs/heights.md": "Heights: metric `mean_height`, var `sea`, `--unit m`.",
    "models/intermediate/int_cases.sql": "select 'tall' as case_id, 'mean' as kind",
    "seeds/texts.csv": "text_id,sentence\nspoken_tall,It is tall.\n",
    "seeds/levels.csv": "level_id,description\nmean,The mean\n",
    "seeds/facts.csv": "fact_id,value\nanything,1\n",
}
KEY = ["storey", "unit"]
UNREAD = {
    "column heights.depth": "select depth from heights",
    "mart depths": "select one from depths",
    "metric mean_depth": "`mean_depth`",
    "text spoken_deep": "select 'deep'",
    "row lowest of seeds/levels.csv": "select 'lowest'",
    "var bottom": "`bottom`",
    "option --deep": "```\ncarbonshed --no-deep\n```",
}


def found(root: Path) -> list[str]:
    """Return what nobody reads of a project with one unread name of each kind."""
    heights = ["height", "depth", "town_id", "town_name", *KEY]
    marts = {"heights": heights, "depths": ["one"]}
    files = PROJECT | {
        "seeds/texts.csv": f"{PROJECT['seeds/texts.csv']}spoken_deep,It is deep.\n",
        "seeds/levels.csv": f"{PROJECT['seeds/levels.csv']}lowest,The lowest\n",
        "models/marts/depths.sql": "select one from depths",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    manifest = {
        "nodes": {
            mart: {
                "unique_id": mart,
                "resource_type": "model",
                "schema": "marts",
                "name": mart,
                "columns": {column: {} for column in columns},
                "original_file_path": f"models/marts/{mart}.sql",
            }
            for mart, columns in marts.items()
        }
        | {
            "test": {
                "resource_type": "test",
                "attached_node": "heights",
                "test_metadata": {
                    "name": "one_row_per_combination",
                    "kwargs": {"combination": KEY[:1]},
                },
            }
        },
        "metrics": {
            "mean_height": metric("mean_height", {"metrics": [{"name": "sum_height"}]}),
            "sum_height": metric("sum_height", {"metrics": []}),
            "mean_depth": metric("mean_depth", {"numerator": {"name": "sum_height"}}),
        },
    }
    options = [("--unit",), ("--deep", "--no-deep")]
    return find_unread(root, manifest, ["sea", "bottom"], options)


def metric(name: str, made_of: dict) -> dict:
    return {"name": name, "type_params": made_of}


def test_each_kind_is_named_with_what_to_do(tmp_path):
    """Of a reference page, a test, the yml and its own SQL, none is a reader."""
    sentences = found(tmp_path)
    assert [sentence.partition(": ")[0] for sentence in sentences] == list(UNREAD)
    assert all("drop" in sentence for sentence in sentences)


@pytest.mark.parametrize("name", UNREAD)
def test_a_reader_is_enough(name, tmp_path):
    is_page = UNREAD[name].startswith("`")
    reader = tmp_path / ("docs/deep.md" if is_page else "models/intermediate/deep.sql")
    reader.parent.mkdir(parents=True)
    reader.write_text(UNREAD[name], "utf-8")
    names = [sentence.partition(": ")[0] for sentence in found(tmp_path)]
    assert names == [other for other in UNREAD if other != name]


@pytest.mark.parametrize(
    ("page", "is_read"),
    [
        ("`heights.depth`", True),
        ("Table `heights`: the\n`depth` of a well.", True),
        ("Table `heights`: the depth of a well.", False),
        ("## Wells\n\nTable `heights`.\n\n- a\n- `depth`: of a well", True),
        ("## The table `heights`\n\nOf a well:\n\n| a | `depth` |", True),
        ("## Wells\n\nDug.\n\nTable `heights`.\n\n`depth`: of a well", False),
        ("## Wells\n\nDug.\n\n- `heights`\n- `depth`", False),
        ("## Wells\n\nDug.\n\n| `heights` |\n| `depth` |", False),
        ("Table `heights`.\n\n## Wells\n\n`depth`", False),
        ("```\nselect depth\n\n# where?\nfrom heights\n```", True),
    ],
)
def test_a_page_reads_a_column_as_code_beside_its_mart(page, is_read, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "depth.md").write_text(page, "utf-8")
    assert is_read != any("heights.depth" in sentence for sentence in found(tmp_path))


def test_the_key_and_unit_need_no_reader(tmp_path):
    assert not any(f".{name}:" in line for line in found(tmp_path) for name in KEY)


def test_options_are_those_of_all_commands():
    app, below = Typer(add_completion=False), Typer()

    @app.command()
    def build(force: bool = False, year: int = 0) -> None: ...

    @below.command()
    def dataset(name: str, table: str = "") -> None: ...

    @below.command()
    def publication(name: str) -> None: ...

    app.add_typer(below, name="check")
    names = {("--force", "--no-force"), ("--year",), ("--table",)}
    assert options_of(get_command(app)) == names
