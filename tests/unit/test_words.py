"""Words that plain English replaces, listed by line, and their ceilings."""

import pytest

from tools import words
from tools.ceilings import FILE

MODULE = '''\
"""What there is to read.

How it goes on.
"""
# whether it runs
# of what: this line goes on
_MOST_SHOWN = 1


def read(path, each):
    """Return the rows.

    Parameters
    ----------
    path
        Where they are.
    each
        A row.
    """
    found = [place for place in path]  # who reads it
    return found  # of the path
'''
QUERY = """\
-- what is asked
-- of whom
with told as (
    select 1 as value
)

select value as known from told
"""


@pytest.fixture
def project(tmp_path):
    """Return the folder of a project with one file of each language."""
    for name, text in {
        "carbonshed/module.py": MODULE,
        "models/query.sql": QUERY,
        "docs/page.md": "In the household, by turns.\nThe house.\n",
        str(FILE): "names = 5\nfirst_words = 3\nterms = 9\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_words_by_line(project):
    matches = words.find_words(project, ("carbonshed", "models", "docs"))
    assert {
        kind: sorted((match.path.name, match.line, match.word) for match in listed)
        for kind, listed in matches.items()
    } == {
        "first_words": [
            ("module.py", 1, "What"),
            ("module.py", 3, "How"),
            ("module.py", 5, "whether"),
            ("module.py", 16, "Where"),
            ("module.py", 20, "who"),
            ("module.py", 21, "of"),
            ("query.sql", 1, "what"),
        ],
        "names": [
            ("module.py", 10, "each"),
            ("module.py", 20, "found"),
            ("module.py", 20, "place"),
            ("query.sql", 3, "told"),
            ("query.sql", 7, "known"),
        ],
        "terms": [
            ("module.py", 7, "_MOST_SHOWN"),
            ("page.md", 1, "by turns"),
            ("page.md", 2, "The house"),
        ],
    }


def test_only_the_kinds_above_their_ceiling_are_listed(project, capsys):
    assert words.main(["--check"], project) == 1
    printed = capsys.readouterr()
    assert "carbonshed/module.py:3: first_words: How" in printed.out
    assert "names" not in printed.out
    assert printed.err == ("error: first_words is 7; tools/ceilings.toml allows 3\n")


def test_ceilings_only_fall(project):
    words.main(["--lower"], project)
    assert (project / FILE).read_text("utf-8") == (
        "names = 5\nfirst_words = 3\nterms = 3\n"
    )
