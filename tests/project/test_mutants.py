"""Mutants of a small room: which are made, which live, and what kills the others."""

import subprocess

import pytest

from tools.mutants import main, mutants

SOURCE = '''
"""A docstring: 1 < 2 and True."""
LIMIT = 3


def small(number: int, word: "str | None" = None) -> bool:
    """Return whether a number is small: 1 < 2."""
    if number < LIMIT and not word:
        log.info("small: %d", 1)
        title = "small: " + word
        return True
    counts[word] = 1
    return [n * 2 for n in range(number) if n]


class Box:
    size: int = 5

    def open(self):
        if self.size == 0:
            raise ValueError(f"a box of {self.size + 1}")
        self.turn()
'''
MADE = """
number < LIMIT and not word  ->  (not (number < LIMIT and (not word)))
number < LIMIT and not word  ->  (number < LIMIT or not word)
number < LIMIT  ->  (number <= LIMIT)
return True  ->  return None
True  ->  (False)
counts[word] = 1  ->  pass
1  ->  (2)
return [n * 2 for n in range(number) if n]  ->  return None
n * 2  ->  (n / 2)
2  ->  (3)
n  ->  (not n)
self.size == 0  ->  (not self.size == 0)
self.size == 0  ->  (self.size != 0)
0  ->  (1)
raise ValueError(f"a box of {self.size + 1}")  ->  pass
self.turn()  ->  pass
""".strip().splitlines()


def test_one_change_each_and_none_of_texts_annotations_and_logs():
    made = list(mutants("a.py", SOURCE.encode()))
    assert sorted(f"{m.before}  ->  {m.after}" for m in made) == sorted(MADE)
    assert str(made[2]) == "a.py:8: number < LIMIT  ->  (number <= LIMIT)"
    for mutant in made:
        compile(mutant.content, "a.py", "exec")
    assert made[2].content.decode() == SOURCE.replace(
        "number < LIMIT", "(number <= LIMIT)"
    )


@pytest.fixture
def tree(tmp_path):
    """Return a tree with a room of two functions, one of which two tests call."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "rooms" / "sizes.py").write_text(
        "def larger(one, other):\n    return one > other\n\n\n"
        "def unseen():\n    return not True\n"
    )
    head = "from rooms.sizes import larger\n\n\ndef test_"
    for name, body in {
        "clear": "clear():\n    assert larger(3, 2)\n",
        "equal": "equal():\n    assert larger(2, 2) is False\n",
    }.items():
        (tmp_path / "tests" / f"test_{name}.py").write_text(head + body)
    for words in (("init", "-q"), ("add", ".")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


NEAR = (
    "rooms/sizes.py:2: one > other  ->  (one >= other): tests/test_equal.py::test_equal"
)
LIVING = [
    "rooms/sizes.py:6: True  ->  (False): LIVES",
    "rooms/sizes.py:6: return not True  ->  return None: LIVES",
]


def test_who_kills_what_first_and_alone(tree, capsys):
    main(["rooms/sizes", "--seed", "7"], tree)
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert (first, last) == ("4 of 4 mutants, --seed 7", "2 of 4 are killed")
    emptied = "rooms/sizes.py:2: return one > other  ->  return None: "
    assert sorted(lines) == [NEAR, f"{emptied}tests/test_clear.py::test_clear", *LIVING]
    # the other file kills the emptied function too
    main(["rooms/sizes", "--alone", "tests/test_equal.py"], tree)
    _, *lines, _ = capsys.readouterr().out.splitlines()
    assert sorted(lines) == [NEAR, *LIVING]
    assert "one > other" in (tree / "rooms" / "sizes.py").read_text()


def test_a_room_without_tests_and_tests_that_fail_anyway(tree):
    with pytest.raises(SystemExit, match="rooms/nowhere: expected a folder or module"):
        main(["rooms/nowhere"], tree)
    (tree / "tests" / "test_clear.py").write_text("def test_no():\n    assert False\n")
    with pytest.raises(SystemExit, match="without a mutant: tests"):
        main(["rooms/sizes", "--tests", "tests/test_clear.py"], tree)
