"""Spoiled matrices: a dataset that passes the audit, or a refusal; nothing else."""

import copy
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.layouts.workbook import close_columns, matrix_file
from support.random_systems import Size, random_system

from carbonshed.audit import audit_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions

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
    close_columns(next(iter(system.years.values())))
    return matrix_file(system, next(iter(system.years)))


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


def test_unspoiled(whole, project):
    path = whole.write_map(project / "map.yml")
    assert holds("csv-matrix", whole.write_csv(project / "csv"), path)
    assert holds("excel", whole.write_excel(project / "t.xlsx"), path)


@GENTLY
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_spoiled_cells(whole, project, seed, count):
    chance = random.Random(seed)
    file = copy.deepcopy(whole)
    cells = file.sheets["Table"].cells
    for _ in range(count):
        place = chance.choice(sorted(cells))
        match chance.randrange(4):
            case 0:
                cells[place] = chance.choice(ODD)
            case 1:
                del cells[place]
            case 2:
                cells[chance.choice(sorted(cells))] = cells[place]
            case 3:
                cells[place[0], place[1] + 1] = cells.pop(place)
    text = {
        k: v if v is None or isinstance(v, float) else str(v) for k, v in cells.items()
    }
    file.sheets["Table"].cells = text
    path = file.write_map(project / "map.yml")
    holds("csv-matrix", file.write_csv(project / "csv"), path)


@GENTLY
@given(st.integers(0, 2**32))
def test_spoiled_maps(whole, project, seed):
    chance = random.Random(seed)
    content = json.loads(json.dumps(whole.map))
    node, key = content, chance.choice(sorted(content))
    while isinstance(node[key], dict | list) and node[key] and chance.random() < 0.8:
        node = node[key]
        key = chance.choice(
            sorted(node) if isinstance(node, dict) else range(len(node))
        )
    node[key] = chance.choice([*ODD, [], {}, ["a"], {"a": "b"}, "C4", {"label": "x"}])
    path = project / "map.yml"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    holds("csv-matrix", whole.write_csv(project / "csv"), path)


@GENTLY
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_spoiled_bytes(whole, project, seed, count):
    chance = random.Random(seed)
    path = whole.write_map(project / "map.yml")
    kind = chance.choice(["csv-matrix", "excel"])
    source = (
        whole.write_csv(project / "csv")
        if kind == "csv-matrix"
        else whole.write_excel(project / "t.xlsx")
    )
    target = chance.choice([source, source, path])
    content = bytearray(target.read_bytes())
    for _ in range(count):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if chance.random() < 0.3:
        del content[chance.randrange(len(content)) :]
    target.write_bytes(bytes(content))
    holds(kind, source, path)
