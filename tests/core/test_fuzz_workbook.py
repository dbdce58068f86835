"""Spoiled maps, and rows under them: a dataset that passes the audit, or a refusal.

Cells and bytes are spoiled by `make soak`.
"""

import copy
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from soak import mutations
from support.layouts import office
from support.layouts.office import Office
from support.layouts.workbook import close_columns, matrix_file
from support.random_systems import Size, random_system

from carbonshed.audit import audit_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.progress import no_progress
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_csv_matrix

pytestmark = pytest.mark.slow

SIZE = Size(regions=2, sectors=2, categories=2, has_twins=False)
ODD = (None, "", "x", "NaN", "inf", "-", "1e999", "1,5", "0", "-7", "é", "1e308", 2.5)
GENTLY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def whole():
    system = random_system(8, SIZE)
    system.is_synthetic = True  # its money is not the world's
    close_columns(next(iter(system.years.values())))
    return matrix_file(system, next(iter(system.years)))


def holds(kind, source, path) -> bool:
    """Ingest; return whether there is a dataset, which then passes the audit."""
    try:
        dataset = ingest(kind, source, IngestOptions("a", map=path))
    except CarbonshedError:
        return False
    failed = [c for c in audit_dataset(dataset).checks if c.status == "FAIL"]
    # only an economy that cannot run may get as far as the audit
    assert {check.check_id for check in failed} <= {"spectral_radius_below_one"}
    return True


def test_unspoiled(whole, empty_project):
    path = whole.write_map(empty_project / "map.yml")
    assert holds("csv-matrix", whole.write_csv(empty_project / "csv"), path)
    assert holds("excel", whole.write_excel(empty_project / "t.xlsx"), path)


@GENTLY
@given(st.integers(0, 2**32))
def test_spoiled_maps(whole, empty_project, seed):
    chance = random.Random(seed)
    content = json.loads(json.dumps(whole.map))
    node, key = mutations.random_place(content, chance)
    node[key] = chance.choice([*ODD, [], {}, ["a"], {"a": "b"}, "C4", {"label": "x"}])
    path = empty_project / "map.yml"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    holds("csv-matrix", whole.write_csv(empty_project / "csv"), path)


ODD_VALUES = (
    *(*ODD, [], {}, ["a"], {"a": "b"}, "C4", {"row": "IMP"}, "2012", "true"),
    *({"from": "A", "to": "C"}, "T!B2:B4", "5:9", "(", "(?P<region>.)(.*)"),
)
RICH = {
    "marks": ["-"],
    "rows": {"leave_out": ["Total"], "where": {"A": "{year}"}},
    "columns": {"pattern": "(?:S)?(.+)", "leave_out": ["Total"]},
    "area": "1:99",
    "year_cell": "A2",
    "accept": ["imports_balance"],
    "check": {"output": {"row": "OUT"}},
    "re_exports": "none",
    "cells": "domestic",
}


def rich() -> Office:
    """Return a map of two stacked years that uses most keys."""
    rows = [["", *office.printed()[0]]]
    for year in (2011, 2012):
        table = office.printed()
        table[4:5] = [table[4], ["OUT", *office.OUTPUT], ["Total", 1.0]]
        rows += [[year, *row] for row in table[1:]]
    file = Office({"T": rows})
    content = {**file.map, **json.loads(json.dumps(RICH))}
    del content["year"], content["year_cell"]
    content["years"] = "2011-2012"
    content["header_columns"] = ["B"]
    content["regions"][0]["population"] = {"2011": "3000", "2012": "3100"}
    content["categories"][1] |= {"sum": ["inv"]}
    content["blocks"]["transactions"] = {}
    content["blocks"]["exports"] = {"column": ["EXP"], "sign": "1"}
    content["blocks"]["output"] = {"column": [{"from": "OUT", "to": "OUT"}]}
    content["blocks"]["imports"] = {"sum": [{"row": "IMP"}]}
    file.map = content
    return file


def test_rich_unspoiled(empty_project):
    file = rich()
    path = file.write_map(empty_project)
    assert holds("excel", file.write_excel(empty_project / "t.xlsx"), path)
    assert holds("csv-matrix", file.write_csv(empty_project / "t.csv"), path)


@GENTLY
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_spoiled_rich_maps(empty_project, seed, count):
    chance = random.Random(seed)
    file = rich()
    for _ in range(count):
        node, key = mutations.random_place(file.map, chance)
        node[key] = chance.choice(copy.deepcopy(ODD_VALUES))
    path = file.write_map(empty_project)
    holds("csv-matrix", file.write_csv(empty_project / "t.csv"), path)


@GENTLY
@given(st.integers(0, 2**32))
def test_spoiled_rows_are_refused_or_change_nothing(empty_project, seed):
    """Rows that moved, went or came twice: refused, or every number is as before."""
    chance = random.Random(seed)
    file = rich()
    rows = file.sheets["T"]
    row = chance.randrange(1, len(rows))
    match chance.randrange(3):
        case 0:
            rows.insert(chance.randrange(1, len(rows)), rows.pop(row))
        case 1:
            del rows[row]
        case 2:
            rows.insert(row, list(rows[row]))
    options = IngestOptions("a", map=file.write_map(empty_project))
    source = file.write_csv(empty_project / "t.csv")
    try:
        tables = read_csv_matrix(source, options, no_progress)
    except CarbonshedError:
        return
    for table in tables:
        assert table.transactions.tolist() == office.Z.tolist()
        assert table.exports.tolist() == office.EXPORTS.tolist()
