"""What a run says of itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.tiny_folder import TinyFolder

from carbonshed import versions
from carbonshed.ask.status import Status
from carbonshed.audit.checks import PASS, WARNING, CheckResult
from carbonshed.audit.run import AuditReport
from carbonshed.dbt_plugin.summary import checked, ended, unpublished
from carbonshed.publish.publishing import build_command, not_passed
from carbonshed.publish.work_file import WorkFile
from carbonshed.readers.tidy import ingest_tidy


def result(
    kind: str, name: str, status: str, path: str = "", *, gates: bool = True
) -> dict[str, object]:
    about = {"kind": kind, "name": name, "status": status, "path": path}
    return about | {"gates": gates}


def test_what_failed_is_named_with_its_sql_and_what_to_do():
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
    lines = ended(results, 61.6, "small", "again", "dbt build")
    assert lines[:4] == [
        "Built:     2 of 4 models and seeds; 1 failed, 1 skipped in 62 s",
        "Tested:    2 of 3 tests passed; 1 with a warning, 1 failed",
        "Failed:    model sectors: target/sectors.sql",
        "Failed:    test c: target/c.sql",
    ]
    assert lines[-1].endswith("depends on it: again; everything: dbt build")
    assert "carbonshed status small" in " ".join(lines)
    passed = [each for each in results if each["status"] in ("success", "pass")]
    assert ended(passed, 1.0, "small", "again", "dbt build") == [
        "Built:     2 models and seeds in 1 s",
        "Tested:    1 test passed",
    ]
    assert ended(passed[:1], 1.0, "small", "again", "dbt build") == [
        "Built:     1 seed in 1 s"
    ]


def test_a_warning_says_where_it_is_explained(empty_project):
    dataset = ingest_tidy(TinyFolder(empty_project / "tidy").write(), "tiny")
    results = [
        CheckResult("rows_balance", PASS, "rows balance", 2012),
        CheckResult("columns_balance", WARNING, "2 columns do not balance", 2012),
    ]
    for count, expected in ((1, []), (2, ["WARNING", "docs/audit.md"])):
        report = AuditReport("tiny", dataset.dataset_id, tuple(results[:count]))
        lines = checked(dataset, report, [])[1:]
        assert len(lines) == len(expected)
        assert all(word in line for word, line in zip(expected, lines, strict=True))


@pytest.mark.parametrize(
    ("synthetic", "mark"), [(False, ""), (True, "SYNTHETIC DATA: ")]
)
def test_a_run_begins_with_what_is_to_be_minded(empty_project, synthetic, mark):
    folder = TinyFolder(empty_project / "tidy")
    folder.descriptor["mrio"] |= {"synthetic": synthetic, "caveat": "Mind the CO2."}
    dataset = ingest_tidy(folder.write(), "tiny")
    report = AuditReport("tiny", dataset.dataset_id, ())
    first, second = checked(dataset, report, [])
    assert f"tiny: {mark}{dataset.title}; audit" in first
    assert second.strip() == "Mind the CO2."


def test_a_draft_that_failed_keeps_nothing_from_readers():
    draft = result("model", "draft", "error", gates=False)
    (words,) = {
        line for line in ended([draft], 1.0, "small", "", "") if "published" in line
    }
    assert "Nothing that is published is made from it" in words
    both = [draft, result("model", "mart", "skipped"), result("test", "a", "fail")]
    assert "Readers still see" in " ".join(ended(both, 1.0, "small", "", ""))


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
def test_a_build_is_named_with_what_was_chosen(choices, expected):
    assert build_command("small", {"choices": choices}) == expected


def test_a_build_and_its_status_say_the_same_of_what_is_left(empty_project):
    now = datetime.now(UTC).replace(tzinfo=None)
    run = {"started_at": now, "ended_at": now, "layout": versions.WORK_FILE}
    nodes = ("model.carbonshed.sums", "test.carbonshed.sums_to_zero.f00")
    left = WorkFile(
        run, tuple({"node": name, "has_passed": False, "parents": []} for name in nodes)
    )
    said = unpublished(left, "tiny")
    same = not_passed(left.outstanding)
    assert said == (
        f"Not published; readers still see the previous publication. {same}. To build"
        " and test them, and publish: carbonshed publish tiny"
    )
    assert (
        f"readers still see the previous publication: {same}: carbonshed publish tiny"
        in (Status("tiny", work_file=left).remarks()[-1])
    )
    # a refused build with other vars is the last run too
    left = replace(left, run=run | {"choices": '{"income_year": 2010}'})
    with_vars = (
        "carbonshed publish tiny, which builds with the last run's vars, income_year:"
        " 2010"
    )
    assert unpublished(left, "tiny").endswith(with_vars)
    assert Status("tiny", work_file=left).remarks()[-1].endswith(with_vars)
    assert same == (
        "2 models, seeds or tests have not passed since they, or what they depend"
        " on, were built or changed (model sums, test sums_to_zero)"
    )


def test_an_ingest_during_a_build_is_why_nothing_is_published(empty_project):
    dataset = ingest_tidy(TinyFolder(empty_project / "tidy").write(), "tiny")
    run = {"dataset_id": dataset.dataset_id}
    why = "The dataset tiny was ingested anew while it was being built"
    left = ({"node": "model.carbonshed.sums", "has_passed": False, "parents": []},)
    assert why not in unpublished(WorkFile(run, left), "tiny")
    run = {"dataset_id": "the one before"}
    assert why in unpublished(WorkFile(run, left), "tiny")
