"""The checker of examples must be able to say no."""

import pytest

from carbonshed.errors import CarbonshedError
from tools.docs.examples import find_examples, main, refresh

PAGE = """\
# A page

```console
$ carbonshed query toy "
    select 'a' as letter
"
old
```

```sql
$ carbonshed query in a block of another kind
```

```console
$ carbonshed audit toy
old
older
```

```console
$ dbt build
what dbt prints is not compared
```
"""


def echo(arguments):
    return f"<{arguments[0]}>\n{len(arguments)} words   \n\n"


def test_commands_are_found_with_the_whole_of_their_sql():
    examples = find_examples(PAGE.splitlines())
    assert [example.arguments for example in examples] == [
        ("query", "toy", "\n    select 'a' as letter\n"),
        ("audit", "toy"),
    ]
    assert [example.line for example in examples] == [4, 15]


def test_commands_of_another_program_are_its_own():
    page = PAGE + "\n```console\n$ mf query --metrics quota\n1\n```\n"
    (example,) = find_examples(page.splitlines(), "mf")
    assert example.arguments == ("query", "--metrics", "quota")
    assert len(find_examples(page.splitlines())) == 2


def test_output_is_replaced_and_nothing_else():
    expected = PAGE.replace('"\nold\n', '"\n<query>\n3 words\n')
    expected = expected.replace("old\nolder\n", "<audit>\n2 words\n")
    assert refresh(PAGE, echo) == expected


def test_a_stale_page_is_an_error_until_it_is_written(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    assert main([str(page)], echo) == 1
    difference = capsys.readouterr().err
    assert "-old" in difference
    assert "+<query>" in difference
    assert page.read_text("utf-8") == PAGE
    assert main([str(page), "--write"], echo) == 0
    assert main([str(page)], echo) == 0
    assert "2 examples hold" in capsys.readouterr().out


def test_one_stale_page_of_two_is_an_error(tmp_path):
    fresh, stale = tmp_path / "fresh.md", tmp_path / "stale.md"
    fresh.write_text(refresh(PAGE, echo), "utf-8")
    stale.write_text(PAGE, "utf-8")
    assert main([str(stale), str(fresh)], echo) == 1


def test_a_command_that_fails_is_an_error_with_its_line(tmp_path, capsys):
    def fail(arguments):
        raise CarbonshedError("no such table")

    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    assert main([str(page), "--write"], fail) == 1
    assert "line 15: no such table" in capsys.readouterr().err
    assert page.read_text("utf-8") == PAGE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing here\n", "no block"),
        ("```console\n$ carbonshed query toy 'x\n```\n", "quotation is never closed"),
        ("```console\n$ carbonshed query toy x\n", "block is never closed"),
        (
            "```console\n$ carbonshed audit toy\n$ carbonshed audit toy\n```\n",
            "two commands",
        ),
    ],
)
def test_malformed_pages_are_refused(text, message):
    with pytest.raises(CarbonshedError, match=message):
        refresh(text, echo)


def test_a_page_that_is_missing_is_named(tmp_path, capsys):
    assert main([str(tmp_path / "nobody.md")], echo) == 1
    assert "nobody.md" in capsys.readouterr().err
