"""The report without a warehouse: numbers, escapes, folders, sizes."""

import csv
import json
import os
import re
import resource
from dataclasses import replace
from xml.etree import ElementTree

import duckdb
import pytest
from support.refusals import refusal_of
from support.report_context import CONTEXT, DATASET, NO_ROWS
from support.report_pages import MALICIOUS

import carbonshed.files
from carbonshed.cli.builds import report
from carbonshed.errors import CarbonshedError
from carbonshed.numbers import MISSING
from carbonshed.report.content import Chart, Column, Page, make_table
from carbonshed.report.context import _folder, _usual_first
from carbonshed.report.described import Material
from carbonshed.report.folder import MARKER, report_folder
from carbonshed.report.levers import Levers
from carbonshed.report.pages import compare, whatif
from carbonshed.report.queries import Marts, Rows, open_marts
from carbonshed.report.site import (
    _templates,
    file_stem,
    heading_of,
    json_text,
    line_of,
    saved,
    write_csv,
    write_picture,
)
from carbonshed.report.vega import (
    draw,
    finished,
    labels,
    nominal,
    short,
    unique_names,
    wrapped,
)
from carbonshed.text import has_control


def test_columns_of_one_unit_have_one_scale():
    rows = Rows(("name", "before", "after"), [("A", 2e9, 5e3), ("B", 4e9, 3e9)])
    columns = [
        Column("name", "Name"),
        Column("before", "Before", "stressor"),
        Column("after", "After", "stressor"),
    ]
    table = make_table(CONTEXT, "id", "caption", rows, columns, max_rows=1)
    assert [header.unit for header in table.headers] == ["", "Gt", "Gt"]
    assert [cell.text for cell in table.cells[0]] == ["A", "2.00", "<0.0001"]
    assert [cell.key for cell in table.cells[0]] == ["A", 2e9, 5e3]
    assert table.rows_left_out == 1


def test_a_row_with_a_unit_of_its_own_has_one_scale():
    rows = Rows(
        ("unit", "came", "went"),
        [("t", 2e9, 5e8), ("currency", 3e12, 0.0), ("share", 0.8, None)],
    )
    columns = [Column("came", "Came in", "own"), Column("went", "Went", "own")]
    table = make_table(CONTEXT, "id", "caption", rows, columns)
    assert [header.unit for header in table.headers] == ["", ""]
    assert [[cell.text for cell in row] for row in table.cells] == [
        ["2.00 Gt", "0.500 Gt"],
        ["3.00 trillion EUR", "0"],
        ["80.0 %", MISSING],
    ]


def test_incomes_that_hardly_differ_have_no_line():
    """Though what differs by rounding alone goes with the footprints."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table regional_accounts as select 2012 as year, 'co2' as"
            " stressor_id, 'R' || k as region_id, 'Region ' || k as region_name,"
            " 1e6 as population, 5e10 * exp(1e-9 * k) as gdp,"
            " exp(0.1 * k) as footprint_per_capita, true as is_ranked"
            " from range(12) as numbers (k)"
        )
        marts = Marts(connection, {"year": 2012, "stressor": "co2"})
        given = Material(CONTEXT, marts, compare)
        assert given.rows("compare/incomes").column("r_squared") == [None] * 12
        drawn = compare.draw_incomes(given)
    assert drawn.summary == "12 regions."


def test_a_footprint_says_whether_it_holds_what_final_users_emit():
    direct = ", and what its final users emit themselves"

    def told(context):
        return Material(context, None).text("page_footprint")

    assert not CONTEXT.has_direct
    assert direct not in told(CONTEXT)
    for extent in ("domestic", "global"):
        assert direct in told(replace(CONTEXT, extent=extent))


def test_json_in_a_page_ends_no_script():
    value = {"name": f"{MALICIOUS}\u2028", "number": 0.1}
    text = json_text(value)
    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text) == value
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text(float("nan"))


def test_a_name_leads_to_its_region():
    rows = Rows(("id", "name"), [("a b/#1", "A"), ("B", "B")])
    columns = [Column("name", "Name", region="id"), Column("id", "Id")]
    table = make_table(CONTEXT, "id", "caption", rows, columns)
    assert [[cell.href for cell in row] for row in table.cells] == [
        ["place.html#a%20b%2F%231", ""],
        ["place.html#B", ""],
    ]


@pytest.mark.parametrize(
    ("caveat", "note", "subtitle", "said"),
    [
        ("Mind the CO2.", "Mind the CO2.", "Carbon", "Mind the CO2."),
        (
            "synthetic data; Mind the CO2.",
            "SYNTHETIC: nothing here is real. Mind the CO2.",
            "SYNTHETIC DATA · Carbon",
            "Nothing here is real. Mind the CO2.",
        ),
    ],
)
def test_the_sentence_of_an_author_goes_where_the_mark_goes(
    tmp_path, caveat, note, subtitle, said
):
    context = replace(
        CONTEXT, dataset=DATASET | {"caveat": caveat, "caveat_note": note}
    )
    first, second, *_ = context.notes  # below a saved picture
    assert first.startswith(subtitle)
    assert second == "Mind the CO2."
    assert context.caveat_note == said  # above a page
    write_csv(tmp_path / "data.csv", Rows(("a",), [(1,)]), context.marks)
    assert (tmp_path / "data.csv").read_text("utf-8").endswith(f",{caveat}\n")


@pytest.mark.parametrize(
    ("premise", "is_off"),
    [("holds", False), ("few_totals", False), ("national_intensities", True)],
)
def test_levers_of_producers_are_off_where_nobody_is_cleaner(premise, is_off):
    note = None if premise == "holds" else "mind the regions"
    columns = ("producer_premise", "producer_premise_note", "is_user_scenario")
    rows = Rows(columns, [(premise, note, True)] * 3)
    given = Material(CONTEXT, None, whatif, {"quota/summary": rows})
    levers = {"levers": Levers("levers"), "explorer": whatif.explorer(given)}
    page = Page("What if", "", [], more=levers)
    environment = _templates(charts=True)
    template = environment.get_template("explore.html")
    said = {"page": page, "context": CONTEXT, "draws": True}
    parts = environment.get_template("parts.html").make_module(said)
    about = template.new_context(said | {"parts": parts})
    text = "".join(template.blocks["body"](about))
    assert ("<fieldset disabled>" in text) == is_off
    assert text.count(">Mind the regions.<") == bool(note)


def test_a_file_of_data_keeps_every_digit_and_says_what_it_is(tmp_path):
    path = tmp_path / "data.csv"
    rows = Rows(("a", "year"), [('say "x", y', 0.1 + 0.2), (None, 1)])
    write_csv(path, rows, CONTEXT.marks)
    assert path.read_text("utf-8") == (
        "a,year,dataset,stressor_id,unit,currency,is_synthetic,caveat\n"
        '"say ""x"", y",0.30000000000000004,tiny,co2,t,EUR,True,synthetic data\n'
        ",1,tiny,co2,t,EUR,True,synthetic data\n"
    )
    assert file_stem(CONTEXT, "flows") == "tiny-2012-co2-flows"


def test_a_saved_picture_says_what_it_shows():
    """The finding and the scope above the chart, the source below it and smaller."""
    chart = {"width": "container", "config": {}, "usermeta": {"ratio": 0.5}}
    picture = saved(CONTEXT, Chart("flows", "Who ships", "Words.", chart, NO_ROWS))
    drawn, foot = picture["vconcat"]
    assert picture["title"]["text"] == ["Who ships"]
    (scope,) = picture["title"]["subtitle"]
    assert "Carbon dioxide, 2012" in scope
    assert "domestic scope, without direct emissions" in scope
    below = foot["title"]
    assert below["text"] == ["Source: a census", "Licence: CC0 · made with Carbonshed"]
    assert below["orient"] == "bottom"
    assert below["fontSize"] == 12 < picture["title"]["subtitleFontSize"]
    titled = Chart("flows", "Flows", "", chart, NO_ROWS, finding="A ships most to B")
    title = saved(CONTEXT, titled)["title"]
    assert title["text"] == ["A ships most to B"]
    assert title["subtitle"] == ["Flows", scope]
    assert (drawn["width"], drawn["height"]) == (720, 360)
    assert short(1234567.89) == 1234570.0


def test_a_saved_picture_is_read_out_by_its_title(tmp_path):
    spec = finished(draw("bar", [{"region": "A"}], y=labels("region", "A")))
    chart = Chart("bars", "Bars", "", spec, NO_ROWS, finding='A & "B"')
    write_picture(tmp_path, CONTEXT, chart)
    (path,) = tmp_path.glob("*.svg")
    picture = ElementTree.fromstring(path.read_text("utf-8"))
    assert (picture.get("role"), picture.get("aria-label")) == ("img", 'A & "B"')


@pytest.mark.parametrize(
    ("types", "names"),
    [
        (["province", "province", "rest_of_world"], {"state", "rest_of_world"}),
        (["province", "city"], {"province", "city"}),
    ],
)
def test_regions_of_one_type_are_what_the_dataset_calls_them(types, names):
    with duckdb.connect() as connection:
        connection.execute("create table dataset as select 'state' as region_noun")
        connection.execute(
            "create table regional_accounts as select 2012 as year, 'co2' as"
            " stressor_id, region_type, region_type <> 'rest_of_world' as is_ranked,"
            " 1 as population, 1 as gdp, 1 as production_emissions,"
            " 0 as unattributed_emissions from unnest(?) as types (region_type)",
            [types],
        )
        values = {"year": 2012, "stressor": "co2"}
        rows = Marts(connection, values).ask("trust/coverage")
    assert {*rows.column("region_type")} == names


def test_a_page_says_a_sentence_and_its_scope_once():
    """The picture has its title where the page has its finding already."""
    picture, other = (
        Chart(id_, f"Flows {id_}", "", {}, NO_ROWS, finding=f"{id_} ships most")
        for id_ in "AB"
    )
    page = Page("Trade", "", [], headline="A ships most", picture=picture)
    assert heading_of(page, picture) == "Flows A"
    assert line_of(CONTEXT, page, picture) == ""
    assert heading_of(page, other) == "B ships most"
    assert line_of(CONTEXT, page, other) == (
        f"Flows B · {CONTEXT.title} · {CONTEXT.holds}"
    )
    wider = replace(picture, extent="with imports")
    assert line_of(CONTEXT, page, wider) == "with imports"


def test_a_long_source_stays_in_the_picture():
    for text in ("word " * 60, "\N{CJK UNIFIED IDEOGRAPH-4E2D}" * 200):
        lines = wrapped(text, 100)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        widths = [sum(2 if letter > "\u2e80" else 1 for letter in x) for x in lines]
        assert max(widths) <= 100


def test_a_name_may_hold_what_ends_a_line_in_a_script():
    """Vega refuses it in the order of an axis, which it compiles to a script."""
    region = "Am\u2028brook\u2029"
    bars = draw("bar", [{"region": region}], y=labels("region", [region]))
    spec = finished(bars)
    assert spec["encoding"]["y"]["sort"] == ["Am brook "]
    assert spec["data"]["values"] == [{"region": "Am brook "}]


def test_a_control_character_does_not_end_the_process_that_draws():
    """The library that draws aborts at one, so a blank replaces it."""
    region = "Am\x01\x07\x08\x0c\x1b\x9b\ufffebrook"
    spec = finished(draw("bar", [{"region": region}], y=nominal("region")))
    chart = Chart("bar", region, region, spec, NO_ROWS)
    dataset = {**CONTEXT.dataset, "title": region}
    drawn = saved(replace(CONTEXT, dataset=dataset), chart)
    (values, _) = drawn["vconcat"]
    assert values["data"]["values"] == [{"region": "Am       brook"}]
    assert not has_control(json.dumps(drawn, ensure_ascii=False))
    assert not re.search(r"\\u00[01]", json.dumps(drawn))


def test_a_spreadsheet_runs_nothing_of_a_file(tmp_path):
    path = tmp_path / "data.csv"
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a=1", "'=1"]
    write_csv(path, Rows(("a",), [(text,) for text in texts] + [(-1.5,)]), {})
    with path.open(encoding="utf-8", newline="") as stream:
        written = [row[0] for row in csv.reader(stream)][1:]
    assert written == [*(f"'{text}" for text in texts[:5]), *texts[5:], "-1.5"]


@pytest.mark.parametrize("limit", [4 << 30, resource.RLIM_INFINITY])
def test_little_address_space_is_named_before_it_ends_the_process(
    empty_project, monkeypatch, limit
):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    expected = "no dataset" if limit == resource.RLIM_INFINITY else "--no-pictures"
    with pytest.raises(CarbonshedError, match=expected):
        report("nobody")
    with pytest.raises(CarbonshedError, match="no dataset"):
        report("nobody", no_pictures=True)


def test_regions_of_one_name_are_told_apart():
    names = unique_names({"1": "Springfield", "2": "Shelbyville", "3": "Springfield"})
    assert names == ["Springfield (1)", "Shelbyville", "Springfield (3)"]


def test_the_choice_begins_with_co2_and_what_adds_up_gases():
    """Carbon dioxide, impacts, other gases; of each the last year first."""
    shown = [
        *(("co2", False, 2016), ("co2", False, 2012), ("gwp100_ar5", True, 2016)),
        *(("gwp100_ar5", True, 2012), ("ch4", False, 2016), ("f_gases", False, 2016)),
    ]
    extents = [
        {"stressor_id": id_, "is_impact": is_impact, "year": year}
        for id_, is_impact, year in sorted(shown)
    ]
    found = [
        (row["stressor_id"], row["year"]) for row in sorted(extents, key=_usual_first)
    ]
    assert found == [(id_, year) for id_, _, year in shown]


def test_ids_become_folders_that_every_disk_can_hold():
    taken = {""}
    ids = ["co2", "CO2", "../x", "\N{GREEK SMALL LETTER ALPHA}", "a b"]
    folders = [_folder({"year": 2012, "stressor_id": id_}, taken) for id_ in ids]
    assert folders == ["2012-co2", "2012-co2-2", "2012-x", "2012-stressor", "2012-a-b"]


@pytest.mark.usefixtures("empty_project")
def test_what_is_not_published_is_refused_with_what_to_do():
    refusal = refusal_of(open_marts, "nowhere")
    assert "a report is made from what is published" in refusal
    assert "there is no dataset 'nowhere'" in refusal


def test_what_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(report.__globals__, "find_spec", lambda _: None)
    with pytest.raises(CarbonshedError, match="needs vl-convert-python"):
        report("tiny", tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def write(path, text, succeeds=True):
    with report_folder(path) as folder:
        (folder / "index.html").write_text(text, encoding="utf-8")
        if not succeeds:
            raise RuntimeError


def read(path):
    return (path / "index.html").read_text("utf-8")


def test_a_report_replaces_a_report(tmp_path):
    path = tmp_path / "deep" / "report"
    write(path, "first")
    (path / "old.html").touch()
    write(path, "second")
    assert read(path) == "second"
    assert sorted(entry.name for entry in path.iterdir()) == [MARKER, "index.html"]
    assert [entry.name for entry in path.parent.iterdir()] == ["report"]


def test_an_empty_folder_is_taken(tmp_path):
    write(tmp_path / "report", "first")
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", "second")
    assert read(tmp_path / "empty") == "second"


def test_what_is_no_report_is_left_alone(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work", "utf-8")
    (tmp_path / "file").write_text("text", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "thesis")
    for name, reason in (
        ("thesis", "holds something else than a report"),
        ("file", "is no folder"),
        ("link", "is no folder"),
    ):
        with pytest.raises(CarbonshedError, match=reason):
            write(tmp_path / name, "report")
    assert (tmp_path / "thesis" / "chapter.txt").read_text("utf-8") == "years of work"
    assert (tmp_path / "file").read_text("utf-8") == "text"


def test_a_failure_leaves_the_earlier_report(tmp_path):
    path = tmp_path / "report"
    write(path, "first")
    with pytest.raises(RuntimeError):
        write(path, "half", succeeds=False)
    assert read(path) == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]


def test_only_one_process_writes_a_report(tmp_path):
    path = tmp_path / "report"
    with report_folder(path), pytest.raises(CarbonshedError, match="another process"):
        write(path, "second")


def in_a_process_that_dies(action):
    """Run in a child that ends without any clean-up."""
    child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9, "it was not killed"


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_kill_during_the_exchange_loses_nothing(tmp_path, monkeypatch, survived):
    """After each rename: the earlier report or the new one is there, at least aside."""
    path = tmp_path / "report"
    write(path, "first")
    rename, calls = carbonshed.files.rename, []

    def dying(source, target):
        if len(calls) == survived:
            os._exit(9)
        calls.append(target)
        rename(source, target)

    def exchange():
        monkeypatch.setattr(carbonshed.files, "rename", dying)
        write(path, "second")
        os._exit(9)

    in_a_process_that_dies(exchange)
    held = path if path.exists() else path.with_name(".report.previous")
    assert read(held) == ("second" if survived == 2 else "first")
    # a run that fails afterwards puts the report back where it was
    with pytest.raises(RuntimeError):
        write(path, "third", succeeds=False)
    assert read(path) == ("second" if survived == 2 else "first")
    write(path, "fourth")
    assert read(path) == "fourth"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]
