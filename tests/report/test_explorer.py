"""The explorer: equal to NumPy, to `carbonshed whatif` and to the marts."""

import json
import re
import shutil
from functools import partial
from importlib.resources import files
from itertools import product

import numpy as np
import pytest
from support.explorer import (
    ASK,
    PREFIX,
    SUFFIX,
    ask_node,
    evaluate,
    make_page,
    random_states,
    read_model,
)
from support.in_browser import browser

import carbonshed.whatif.evaluate as whatif
from carbonshed.errors import CarbonshedError
from carbonshed.report import levers
from carbonshed.report.context import read_contexts
from carbonshed.report.queries import Marts, open_file
from carbonshed.scenarios.scenario_file import read_scenarios

__all__ = ["browser"]

STATES, EXPORTED = 1_000, 200
ALIKE, SIGNED = 1e-9, 1e-6
# sizes of the page with its scripts, and of all that is neither data nor bundle
MOST_BYTES, PAGE_BYTES = 6_000_000, 150_000
NUMBER = re.compile(r"[\d.]+ %")
BESIDE = ("above_givers", "one_factor", "lower_bound")
COLUMNS = ("productionAfter", "footprintAfter", "producerQuota", "consumerQuota")
HEADER = (
    "scenario_id,year,region_id,sector_id,category_id,lever,kind,value,"
    "includes_power_supply"
)


def published(built):
    return built.warehouse.parent / "published" / built.warehouse.name


def levers_of(path, numbers=levers.MAX_NUMBERS):
    """Return the data of each year and stressor of a publication."""
    with pytest.MonkeyPatch.context() as patch, open_file(path) as connection:
        patch.setattr(levers, "MAX_NUMBERS", numbers)
        cases = [
            (context, {"year": context.year, "stressor": context.stressor})
            for context in read_contexts(Marts(connection))
        ]
        return [
            levers.make_levers(context, Marts(connection, case))
            for context, case in cases
        ]


def scripts_of(built, numbers=levers.MAX_NUMBERS):
    made = levers_of(published(built), numbers)
    assert {case.reason for case in made} == {""}
    return [case.script for case in made]


@pytest.fixture(scope="module")
def scripts(what_if):
    """Return the data of each year and stressor; in one of them nothing is emitted."""
    return scripts_of(what_if)


@pytest.fixture(scope="module")
def small_scripts(what_if, scripts):
    """Return the data of carbon dioxide within a budget that is too small for it."""
    count = np.mean([len(read_model(script).numbers) for script in scripts[:2]])
    made = levers_of(published(what_if), numbers=int(0.87 * count))[:2]
    assert all(case.script for case in made)
    return [case.script for case in made]


@pytest.fixture(
    params=["node", pytest.param("chromium", marks=pytest.mark.slow)],
)
def ask(request, tmp_path):
    """Return what asks in each of them: a browser runs the file that is shipped."""
    if request.param == "chromium":
        return partial(ask_browser, request.getfixturevalue("browser"), tmp_path)
    if not shutil.which("node"):
        pytest.skip("there is no node")
    return ask_node


@pytest.fixture
def ask_one(request, tmp_path):
    """Return what asks in one of them, where both were asked the like."""
    if shutil.which("node"):
        return ask_node
    return partial(ask_browser, request.getfixturevalue("browser"), tmp_path)


def ask_browser(browser, folder, script, states):
    """Return the answers of the script that is shipped, and check its requests."""
    bundle = files("carbonshed.report.assets").joinpath("explore.js").read_text("utf-8")
    path = make_page(folder, script, bundle)
    requests, wrong = [], []
    tab = browser.new_page()
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(path.as_uri())
    answer = tab.evaluate(
        f"async (states) => {{ const explorer = window.carbonshedExplorer; {ASK}"
        " return JSON.parse(JSON.stringify("
        "await read(window.carbonshedLevers, states))); }",
        states,
    )
    tab.close()
    assert wrong == []
    expected = {
        path.as_uri(),
        *((folder / name).as_uri() for name in ("levers.js", "explore.js")),
    }
    assert set(requests) == expected
    return answer


def differences(model, state, answer):
    """Yield what differs by more than rounding."""
    expected = evaluate(model, state)
    size = np.abs(model.column("production")).sum()
    for name, values in expected.items():
        if name in ("receivers", "populationShare"):
            continue
        scale = 1.0 if name == "demandFactor" else size
        gap = np.abs(np.asarray(answer[name], float) - values).max(initial=0)
        if not gap <= ALIKE * scale:
            yield name, gap / scale
    if answer["receivers"] != expected["receivers"]:
        yield "receivers", answer["receivers"]
    if not abs(answer["populationShare"] - expected["populationShare"]) < ALIKE:
        yield "populationShare", answer["populationShare"]
    coarse = set(model.content["coarse"]["region"]) & set(answer["producers"])
    if bool(coarse) != ("one_factor" in answer["premises"]):
        yield "premises", answer["premises"]
    if not abs(sum(answer["quota"]) - answer["total"]) <= ALIKE * size:
        yield "quota", answer["total"]


def test_random_levers_are_as_in_numpy(what_if, scripts, ask):
    assert_as_in_numpy(scripts, ask, is_small=False)


def test_random_levers_within_a_budget_are_too(what_if, small_scripts, ask_one):
    assert_as_in_numpy(small_scripts, ask_one, is_small=True)


def assert_as_in_numpy(all_scripts, ask, *, is_small):
    moved = 0
    for number, script in enumerate(all_scripts):
        model = read_model(script)
        assert bool(model.content["coarse"]["region"]) == is_small
        states = list(
            random_states(model.content, STATES // len(all_scripts), seed=number)
        )
        answers = ask(script, states)["answers"]
        for state, answer in zip(states, answers, strict=True):
            assert list(differences(model, state, answer)) == [], state
            moved += answer["total"] != 0
    assert moved > STATES / 2


@pytest.mark.usefixtures("what_if")
@pytest.mark.parametrize("data", ["scripts", "small_scripts"])
def test_the_marts_sign(data, ask_one, request):
    for script in request.getfixturevalue(data):
        signature = ask_one(script, [])["signature"]
        assert signature["equal"]
        assert signature["gap"] <= SIGNED
        content = unpacked(script)
        figures = sum(
            1 + sum(map(len, scenario["regions"].values()))
            for scenario in content["shipped"]
        )
        assert signature["figures"] == figures + len(content["combinations"])
        if not any(content["demand"]):
            continue
        # one figure that is off by little more than the limit is named
        scenario = content["shipped"][0]
        largest = int(np.argmax(content["regions"]["production"]))
        off = 2 * SIGNED * content["regions"]["production"][largest]
        scenario["regions"]["productionAfter"][largest] += off
        spoiled = ask_one(repacked(content), [])["signature"]
        assert not spoiled["equal"]
        name = content["regions"]["name"][largest]
        assert spoiled["worst"] == f"productionAfter of {scenario['id']}, {name}"


def unpacked(script):
    return json.loads(script.removeprefix(PREFIX).removesuffix(SUFFIX))


def repacked(content):
    return f"{PREFIX}{json.dumps(content)}{SUFFIX}"


def test_shipped_scenarios_say_what_the_marts_say(what_if, scripts, ask_one):
    with open_file(published(what_if)) as connection:
        for script in scripts:
            content = unpacked(script)
            ids = content["regions"]["id"]
            assert all(rule["description"] for rule in content["rules"])
            pairs = [*product(content["shipped"], content["allocations"])]
            states = [
                each["state"] | {"allocation": rule["id"]} for each, rule in pairs
            ]
            assert states
            answers = ask_one(script, states)["answers"]
            for (scenario, rule), answer in zip(pairs, answers, strict=True):
                case = (content["year"], content["stressor"], scenario["id"])
                check_summary(connection, case, ids, answer)
                check_receivers(connection, (*case, rule["id"]), ids, answer)


def check_summary(connection, case, ids, answer):
    factor, hardest, giver, left, uplift = connection.execute(
        "select smallest_demand_factor, hardest_hit_region_id,"
        " lowest_giver_region_id, lowest_giver_per_capita_after, quota_uplift"
        " from quota_summary"
        " where year = ? and stressor_id = ? and scenario_id = ?",
        case,
    ).fetchone()
    hit, least = answer["hardestHit"], answer["lowestGiver"]
    assert answer["uplift"] == (uplift and pytest.approx(uplift, rel=SIGNED))
    assert hit["factor"] == pytest.approx(factor, rel=SIGNED)
    assert (hit["region"] is None) == (hardest is None)
    assert hardest is None or ids[hit["region"]] == hardest
    assert (least is None) == (giver is None)
    if least:
        assert ids[least["region"]] == giver
        assert least["perCapita"] == pytest.approx(left, rel=SIGNED)


def check_receivers(connection, case, ids, answer):
    rows = connection.execute(
        "select region_id, allocated_quota, footprint_per_capita_after,"
        " income_before, income_after from quota_allocation where year = ?"
        " and stressor_id = ? and scenario_id = ? and allocation_rule = ?"
        " order by income_before nulls last, region_id",
        case,
    ).fetchall()
    assert [ids[region] for region in answer["receivers"]] == [row[0] for row in rows]
    for column, name in enumerate(
        ("allocated", "perCapitaAfter", "incomeBefore", "incomeAfter"), 1
    ):
        for mine, row in zip(answer[name], rows, strict=True):
            assert mine == pytest.approx(row[column], rel=SIGNED, abs=SIGNED), name
    living = connection.execute(
        "select premise, receiver_population_share, premise_note from living_standards"
        " where year = ? and stressor_id = ? and scenario_id = ?"
        " and allocation_rule = ?",
        case,
    ).fetchone()
    if living:
        withheld = [id_ for id_ in answer["premises"] if id_ not in BESIDE]
        assert (withheld or ["holds"])[0] == living[0]
        if withheld:  # its numbers are written alike
            reason = answer["reasons"][answer["premises"].index(withheld[0])]
            assert NUMBER.findall(reason) == NUMBER.findall(living[2])
        assert answer["populationShare"] == pytest.approx(living[1])


def test_what_is_exported_is_evaluated_alike(
    what_if, scripts, small_scripts, ask_one, project, tmp_path
):
    """Two hundred choices, some of them with one factor for all of a region."""
    for number, script in enumerate((*scripts[:2], *small_scripts)):
        content = unpacked(script)
        states = list(random_states(content, EXPORTED // 4, seed=100 + number))
        answers = ask_one(script, states)["answers"]
        path = tmp_path / f"scenarios{number}.csv"
        files_of_all = [answer["csv"] for answer in answers]
        lines = [line for text in files_of_all for line in text.splitlines()[1:]]
        path.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(project.root)
            session = whatif.open_session(what_if.name)
            rows = read_scenarios(path, whatif.vocabulary(session))
            assert whatif.evaluate(session, rows, ["quota_by_region"]) == []
        table = session.answer("quota_by_region")
        size = sum(map(abs, content["regions"]["production"]))
        moved = 0
        for state, answer in enumerate(answers):
            expected = session.connection.execute(
                "select production_after, footprint_after, producer_quota,"
                f" consumer_quota from {table} where year = ? and stressor_id = ?"
                " and scenario_id = ? order by region_id",
                [content["year"], content["stressor"], f"s{state}"],
            ).fetchall()
            assert bool(expected) == bool(answer["csv"])
            if not expected:
                assert answer["total"] == 0
                continue
            moved += 1
            for name, values in zip(COLUMNS, zip(*expected, strict=True), strict=True):
                mine = np.array(answer[name])
                gap = np.abs(mine - values) / np.maximum(np.abs(values), 1e-9 * size)
                assert gap.max() <= SIGNED, (states[state], name)
        assert moved > len(states) / 2


def test_regions_lose_their_sectors_from_the_smallest_on(scripts, small_scripts):
    for texts in zip(scripts[:2], small_scripts, strict=True):
        whole, small = map(unpacked, texts)
        assert whole["coarse"]["region"] == []
        coarse = small["coarse"]["region"]
        selected = {member for rule in small["rules"] for member in rule["members"]}
        assert coarse
        assert selected.isdisjoint(coarse)
        size = np.abs(small["regions"]["production"])
        others = set(range(len(size))) - selected - set(coarse)
        assert max(size[coarse]) <= min(size[[*others]], default=np.inf)


def test_why_there_is_no_explorer(what_if, tmp_path):
    (made, *_) = levers_of(published(what_if), numbers=10)
    assert made.script == ""
    assert "do not fit" in made.reason
    copied = tmp_path / "what_if.duckdb"
    shutil.copyfile(published(what_if), copied)
    (made, *_) = levers_of(copied)
    assert made.script == ""
    assert "keeps less than scenarios are evaluated by" in made.reason


def test_a_solved_table_that_changed_is_refused(what_if, tmp_path):
    edition = published(what_if).resolve().parent
    copied = tmp_path / "edition"
    shutil.copytree(edition, copied, ignore=shutil.ignore_patterns("parquet"))
    (solved,) = (copied / "what_if").glob("embodied_output.2010.*parquet")
    content = solved.read_bytes()
    solved.unlink()
    solved.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CarbonshedError, match="not what was published"):
        levers_of(copied / "what_if.duckdb")


def test_the_largest_file_can_be_sent():
    rng = np.random.Generator(np.random.PCG64(5))
    numbers = rng.lognormal(8, 4, size=levers.MAX_NUMBERS)
    bundle = files("carbonshed.report.assets").joinpath("explore.js").read_bytes()
    assert len(levers._pack(numbers)) + len(bundle) < MOST_BYTES - PAGE_BYTES
