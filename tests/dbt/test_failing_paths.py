"""What must fail does, and leaves what was there as it was."""

import dataclasses
import json
import re
import shutil

import duckdb
import numpy as np
import pytest
from support.copies import copy_dataset
from support.disks import small_disk
from support.random_systems import random_system
from support.same_marts import copied, differing_columns
from support.tidy_folder import write_tidy
from support.tiny_folder import TinyFolder, contents


@pytest.fixture
def victim(required_only, project):
    """Yield a dataset of its own with a finished warehouse, copied from another."""
    name = "victim"
    warehouse = copy_dataset(project.root, required_only.name, name, is_solved=False)
    yield dataclasses.replace(required_only, name=name, warehouse=warehouse)
    shutil.rmtree(project.root / "data" / name)
    project.warehouse(name).unlink(missing_ok=True)
    for folder in ("published", "solved"):
        for left in (project.root / "warehouse" / folder).glob(f"*{name}*"):
            left.unlink() if left.is_symlink() else shutil.rmtree(left)


def unproductive_system():
    """Return a system whose coefficients have a spectral radius of 1.2.

    Two sectors of one region live off each other: 1.5 x 0.96 = 1.2 squared.
    """
    system = random_system(3)
    year = next(iter(system.years.values()))
    n = len(system.producers)
    i, j = 1, 2
    Z = np.zeros((n, n))
    Z[i, j], Z[j, i] = 150.0, 96.0
    year.transactions = Z
    year.final_demand = np.zeros_like(year.final_demand)
    # sold less than bought: stocks run down until the outputs are 100 each
    stocks = next(
        c for c, cat in enumerate(system.categories) if cat.group == "inventory"
    )
    year.final_demand[i, 0, stocks] = -50.0
    year.final_demand[j, 0, stocks] = 4.0
    year.exports = np.zeros(n)
    year.exports[0] = 100.0
    year.output = None
    return system, [system.producers[i], system.producers[j]]


def test_a_spectral_radius_above_one_stops_the_build(victim, project, tmp_path):
    system, culprits = unproductive_system()
    year = next(iter(system.years.values()))
    x = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    x = x + year.exports
    A = year.transactions / np.where(x == 0, np.inf, x)
    assert np.abs(np.linalg.eigvals(A)).max() == pytest.approx(1.2)

    seen = published_state(victim, project)
    project.ingest(write_tidy(system, tmp_path / "tidy"), victim.name).must_pass()
    audit = project.run("carbonshed", "audit", victim.name)
    audit.must_refuse()
    failed = [line for line in audit.text.splitlines() if line.startswith("FAIL")]
    assert failed, audit
    assert any("1.2" in line for line in audit.text.splitlines()), audit
    for region, sector in culprits:
        assert region in audit.text, audit
        assert sector in audit.text, audit

    build = project.dbt("build", victim.name)
    build.must_refuse()
    status = project.run("carbonshed", "status", victim.name)
    assert "last run    refused" in status.text, status
    for line in failed:
        assert line.strip() in build.text, build
        assert " ".join(line.split()) in " ".join(status.text.split()), status
    assert published_state(victim, project) == seen


def published_state(victim, project):
    """Return every published file of a dataset, published now if it was not."""
    editions = project.root / "warehouse" / "published" / f".{victim.name}"
    if not editions.exists():
        project.run("carbonshed", "publish", victim.name).must_pass()
    return contents(editions)


@pytest.mark.slow
def test_a_build_that_is_killed_leaves_the_publication_alone(
    victim, required_only, project, tmp_path
):
    """And the next one gives what another gave that was not killed.

    That was on one thread in memory; this is on two, by sweeps over a file.
    """
    seen = published_state(victim, project)
    data = contents(project.root / "data" / victim.name)
    solved = project.root / "warehouse" / "solved" / victim.name
    # the process that is killed would take long to parse
    project.dbt("parse", victim.name, solver="streamed").must_pass()
    build = ("dbt", "build", "--vars", f"{{dataset: {victim.name}, solver: streamed}}")
    project.kill_when(lambda: any(solved.glob("*")), *build)
    assert contents(project.root / "data" / victim.name) == data
    assert published_state(victim, project) == seen
    status = project.run("carbonshed", "status", victim.name)
    assert "the last run was killed" in status.text, status
    assert "readers still see the previous publication" in status.text, status
    project.run(
        "carbonshed", "query", victim.name, "select name from dataset", "-f", "csv"
    ).must_pass()

    two = {**project.environment, "OPENBLAS_NUM_THREADS": "2"}
    with project.in_environment(two):
        mended = project.dbt("build", victim.name, "--threads", "2", solver="streamed")
    assert mended.code == 0, mended
    assert published_state(victim, project) != seen
    status = project.run("carbonshed", "status", victim.name)
    assert "note" not in status.text, status
    with duckdb.connect(str(victim.warehouse), read_only=True) as connection:
        methods = connection.sql("select distinct method from solved.solves")
        assert methods.fetchall() == [("streamed",)]
    before = copied(required_only.warehouse, tmp_path / "before")
    after = copied(victim.warehouse, tmp_path / "after")
    assert differing_columns(before, after) == ["dataset.name"]
    assert [path.name for path in solved.parent.glob(f"*{victim.name}*")] == [
        victim.name
    ]


DAMAGES = {
    "regional_accounts": "update {mart} set outflow_emissions = outflow_emissions * 2",
    "embodied_flows": "delete from {mart} where category_id = 'hh,urban'",
    "footprint_by_product": "update {mart} set emissions = emissions * 1.001",
    "footprint_rankings": "update {mart} set footprint_rank = 1",
    "inequality_deciles": "update {mart} set population = population + 1",
    "lorenz_curve": "delete from {mart} where measure = 'gdp'",
    "inequality_indices": "update {mart} set theil_t_within = theil_t + 0.1",
    "leakage_flows": "update {mart} set net_flow = net_flow + 1",
    "trade_balances": "update {mart} set net_transfer = net_transfer + 1000",
    "reconciliation": "update {mart} set attributed_to_exports = 1000",
    "super_emitters": "update {mart} set is_selected = true",
    "mitigation_typology": "delete from {mart} where region_id = 'NA'",
    "quota_by_region": "update {mart} set consumer_quota = consumer_quota + 1000",
    "quota_summary": "update {mart} set quota = quota * 1.001",
    "quota_by_sector": "update {mart} set reduction = reduction * 1.001",
    "quota_spillovers": "delete from {mart} where is_own",
    "quota_allocation": "update {mart} set allocated_quota = allocated_quota * 1.001",
    "living_standards": "update {mart} set receiver_population_share = 1.5",
    "quota_by_choice": "update {mart} set quota = quota * 1.01",
    "living_standards_by_choice": "update {mart} set receivers = receivers + 1",
    "headlines": "delete from {mart} where headline_id = 'quota'",
}


def test_marts_that_were_tampered_with_fail_their_tests(victim, project):
    """The tests can say no: each damage breaks a law that the marts promise."""
    with duckdb.connect(str(victim.warehouse)) as connection:
        for mart, damage in DAMAGES.items():
            connection.execute(damage.format(mart=f"marts.{mart}"))
    result = project.dbt("test", victim.name, "--write-json", "--select", *DAMAGES)
    result.must_refuse()
    # after all that dbt says
    last = r"  failed after \d+ s, nothing new is published; log: logs/dbt\.log"
    assert re.fullmatch(last, result.text.splitlines()[-1])
    target = project.root / "target"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    caught = {
        parent.split(".")[-1]
        for test in results["results"]
        if test["status"] == "fail"
        for parent in manifest["parent_map"][test["unique_id"]]
    }
    assert set(DAMAGES) - caught == set()
    # a test of several laws names the one that is broken
    with duckdb.connect(str(victim.warehouse), read_only=True) as connection:
        messages = dict(
            connection.sql("select node, message from main.failures").fetchall()
        )
    (law,) = (messages[node] for node in messages if "trade_balances_keep_laws" in node)
    assert law.endswith(": net_transfers_sum_to_zero")


def test_a_dataset_that_is_not_there_is_named(small_project):
    result = small_project.dbt("build", "nowhere")
    result.must_refuse("nowhere")
    assert not small_project.warehouse("nowhere").exists()


def test_a_folder_that_cannot_be_written_is_named(small_project):
    """Root may write everywhere, but not into a file."""
    place = small_project.root / "warehouse"
    place.mkdir(exist_ok=True)
    elsewhere = place.rename(place.with_name("warehouse of others"))
    place.touch()
    try:
        result = small_project.dbt("build", "nowhere")
    finally:
        place.unlink()
        elsewhere.rename(place)
    assert result.code, result
    assert f"{place}: warehouses cannot be written here: File exists" in result.text
    assert "Traceback" not in result.text


# more names in tests/core/test_names.py
@pytest.mark.parametrize("name", ["temp", "../outside"])
def test_a_name_that_no_dataset_may_have_is_refused(name, small_project):
    """Also where DuckDB could not open a file of that name."""
    before = set(contents(small_project.root / "warehouse"))
    result = small_project.dbt("build", name)
    result.must_refuse(f"dataset name {name!r} is ")
    assert set(contents(small_project.root / "warehouse")) == before
    assert not list(small_project.root.glob("outside*"))


@pytest.fixture
def full_disk(small_project):
    """Put the warehouses on a disk of their own that is far too small."""
    folder = small_project.root / "warehouse"
    elsewhere = small_project.root / "warehouse of the others"
    folder.mkdir(exist_ok=True)
    folder.rename(elsewhere)
    try:
        with small_disk(folder, "2m"):
            yield folder
    finally:
        folder.rmdir()
        elsewhere.rename(folder)


LARGE = """
{{ config(materialized="table") }} select random() as number from range(1000000)
"""


def test_a_full_disk_ends_a_build_and_is_named(full_disk, small_project, tmp_path):
    folder = TinyFolder(tmp_path / "tiny").write()
    small_project.ingest(folder, "crowded").must_pass()
    model = small_project.root / "models" / "staging" / "large.sql"
    model.write_text(LARGE, encoding="utf-8")
    try:
        result = small_project.dbt("build", "crowded", "--select", "large")
    finally:
        model.unlink()
    result.must_refuse("No space left on device")
    assert "Encountered an error" not in result.text, result
    assert not (full_disk / "published").exists()
