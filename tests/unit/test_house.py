"""The size of a small project, the page that shows it, and its ceilings."""

import pytest

from tools import house
from tools.ceilings import FILE

MANIFEST = {
    "nodes": {
        "seed": {"resource_type": "seed"},
        "hook": {"resource_type": "operation"},
        "test": {"resource_type": "test", "original_file_path": "models/m.yml"},
        "seed test": {"resource_type": "test", "original_file_path": "seeds/s.yml"},
        "staging": {
            "resource_type": "model",
            "schema": "staging",
            "depends_on": {"nodes": ["seed"]},
        },
        "inner": {
            "resource_type": "model",
            "schema": "intermediate",
            "depends_on": {"nodes": ["staging"]},
        },
        "mart": {
            "resource_type": "model",
            "schema": "marts",
            "columns": {"year": {}, "value": {}},
            "depends_on": {"nodes": ["inner", "staging"]},
        },
        "other mart": {
            "resource_type": "model",
            "schema": "marts",
            "columns": {"year": {}},
            "depends_on": {"nodes": ["mart"]},
        },
    }
}
FILES = {
    "README.md": "Three words here\n",
    "docs/page.md": "two words\n",
    "docs/reference/generated.md": "not counted\n",
    "docs/architecture.md": f"# Size\n\n{house.BEGIN}old\n{house.END}\nend\n",
    "carbonshed/__init__.py": '"""The package."""\n',
    "carbonshed/rows.py": (
        '"""What is read."""\n\n# how it is done\nfound = 1\n\n\n'
        'def read(each):\n    """Read it."""\n    return each\n'
    ),
    "carbonshed/dataset/rows.py": "from carbonshed.rows import read\n",
    "carbonshed/cli.py": (
        "import carbonshed.dataset.rows\n\n\n"
        "def run():\n    from carbonshed.dataset import rows\n"
    ),
    "models/mart.sql": "select 1\n",
    "models/mart.yml": "enabled: \"{{ var('analyses', true) }}\"\n",
    "macros/one.sql": "{% macro a() %}{{ chosen_var('b') }}{% endmacro %}\n",
    "macros/tests/two.sql": "{% macro test_b() %}select 1{% endmacro %}\n",
    "tests/test_one.py": "a = 1\nb = 2\n",
    "tests/data/one.sql": "select 1\n",
    str(FILE): "# ceilings\npackage_lines = 1000\nmarts = 1\nnames = 9\n",
}
COUNTS = {
    "package_lines": 16,
    "package_code_lines": 7,
    "modules": 4,
    "modules_with_one_importer": 2,
    "repeated_file_names": 1,
    "marts": 2,
    "mart_columns": 3,
    "mart_column_names": 2,
    "longest_chain": 4,
    "inner_models": 2,
    "inner_models_with_one_reader": 1,
    "build_nodes": 7,
    "macros": 1,
    "sql_lines": 3,
    "yml_lines": 1,
    "test_lines": 3,
    "package_names": 2,
    "package_first_words": 2,
    "var_files": 1,
    "doc_words": 22,
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return the folder of a project of a few files."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.setattr(house, "parse_project", lambda root: MANIFEST)
    return tmp_path


def test_counts(project):
    assert house.count(project, MANIFEST) == COUNTS


def test_the_page_shows_the_counts(project):
    assert house.main(["--lower", "--write"], project) == 0
    page = (project / "docs/architecture.md").read_text("utf-8")
    assert "old" not in page
    assert "| marts | 34 | 39 | 2 |" in page
    assert page.endswith(f"{house.END}\nend\n")


def test_a_stale_page_and_counts_above_their_ceilings_are_refused(project, capsys):
    house.main(["--lower", "--write"], project)
    (project / "carbonshed/more.py").write_text("", "utf-8")
    assert house.main(["--check"], project) == 1
    problems = capsys.readouterr().err
    assert "error: marts is 2; tools/ceilings.toml allows 1" in problems
    assert "error: modules is 5; tools/ceilings.toml allows 4" in problems
    assert "docs/architecture.md is stale" in problems


def test_ceilings_only_fall(project):
    house.main(["--lower"], project)
    text = (project / FILE).read_text("utf-8")
    assert text.startswith("# ceilings\npackage_lines = 16\nmarts = 1\nnames = 2\n")
    assert "modules = 4\n" in text
