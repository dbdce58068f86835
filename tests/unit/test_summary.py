"""What a run says of itself."""

import io
import sys
from datetime import datetime

import pytest

from carbonshed.dbt_plugin.summary import ended, solved
from carbonshed.publish.publication import build_command
from carbonshed.text import print_note, print_progress

BEGUN = datetime(2026, 1, 2, 3, 4, 5)


def solve(year: int, solved_at: datetime) -> dict[str, object]:
    return {
        "year": year,
        "region_sectors": 1435,
        "demands": 196,
        "method": "direct",
        "relative_residual": 5.1e-15,
        "solved_at": solved_at,
    }


def test_new_years_are_said_one_by_one_and_known_ones_together() -> None:
    before = datetime(2025, 12, 31, 23, 59, 58)
    rows = [solve(2007, before), solve(2011, BEGUN), solve(2012, before)]
    assert solved(rows, BEGUN) == [
        "Solved:    2011: 1,435 rows, 196 demands, direct, relative residual 5.1e-15",
        "Solved:    2007, 2012: unchanged since they were solved (direct) at"
        " 2025-12-31 23:59:58 UTC",
    ]
    many = [solve(year, BEGUN) for year in range(1995, 2012)]
    assert len(solved(many, BEGUN)) == 6
    assert solved(many, BEGUN)[-1] == "Solved:    and 12 years more"


def result(kind: str, name: str, status: str, path: str = "") -> dict[str, str]:
    return {"kind": kind, "name": name, "status": status, "path": path}


def test_what_failed_is_named_with_its_sql_and_what_to_do() -> None:
    results = [
        result("seed", "caps", "success"),
        result("model", "regions", "success"),
        result("model", "sectors", "error", "target/sectors.sql"),
        result("model", "flows", "skipped"),
        result("test", "a", "pass"),
        result("test", "b", "warn"),
        result("test", "c", "fail", "target/c.sql"),
        result("operation", "hook", "success"),
    ]
    lines = ended(results, 61.6, "small", "dbt build")
    assert lines[:4] == [
        "Built:     2 of 4 models and seeds; 1 failed, 1 skipped in 62 s",
        "Tested:    2 of 3 tests passed; 1 with a warning, 1 failed",
        "Failed:    model sectors: target/sectors.sql",
        "Failed:    test c: target/c.sql",
    ]
    assert lines[-1].endswith("dbt retry; everything: dbt build")
    assert "carbonshed status small" in " ".join(lines)
    passed = [each for each in results if each["status"] in ("success", "pass")]
    assert ended(passed, 1.0, "small", "dbt build") == [
        "Built:     2 models and seeds in 1 s",
        "Tested:    1 tests passed",
    ]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (None, "dbt build --vars 'dataset: small'"),
        ('{"scenarios": "", "income_year": ""}', "dbt build --vars 'dataset: small'"),
        ('["", "", "x.csv"]', "dbt build --vars 'dataset: small'"),
        (
            '{"scenarios": "it\'s.csv", "income_year": ""}',
            """dbt build --vars '{"dataset": "small", "scenarios": "it'"'"'s.csv"}\'""",
        ),
    ],
)
def test_a_build_is_named_with_what_was_chosen(
    choices: str | None, expected: str
) -> None:
    assert build_command("small", {"choices": choices}) == expected


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_on_a_terminal_and_none_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for screen, expected in (
        (Terminal(), "\r\x1b[2K  step\r\r\x1b[2K\r  stays\n"),
        (io.StringIO(), "  stays\n"),
    ):
        monkeypatch.setattr(sys, "stderr", screen)
        print_progress("step")
        print_note("stays")
        assert screen.getvalue() == expected
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    print_progress("x" * 200)
    assert len(terminal.getvalue()) < 90
