"""The file of each place: whole without a script, safe in name and content."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from support.compare import read_mart

from carbonshed.report.pages.place import _relation
from carbonshed.report.place_files import file_names

HOSTILE = [
    "A",
    "a",
    "a b/#1",
    "..",
    "con",
    "",
    "\N{SNOWMAN}" * 300,
    "x" * 300,
    "x" * 301,
]


def test_names_of_files_are_safe_and_differ_in_more_than_capitals():
    names = file_names(HOSTILE)
    assert list(names) == HOSTILE
    assert len({name.lower() for name in names.values()}) == len(HOSTILE)
    for name in names.values():
        assert re.fullmatch(r"places/[A-Za-z0-9_-]{1,70}\.html", name)
    assert names["A"] == "places/A.html"
    assert names["a"] == "places/a-2.html"
    assert names["con"] == "places/place-con.html"


@pytest.mark.parametrize(
    ("ends", "holds", "part"),
    [
        # 120 t emitted, a footprint of 100 t
        ((0.2, 0.2), "is_more", "20 %"),
        # variants have footprints from 96 to 100 t, and from 119.9 to 126 t
        ((0.2, 0.25), "is_more", "20 to 25 %"),
        ((-0.048, 0.001), "is_less", "up to 5 %"),
        ((-0.004, 0.004), "is_as_much", None),
        # in one of them it emits more, in another less
        ((-0.2, 0.1), None, None),
        # there is no positive footprint
        ((None, None), None, None),
    ],
)
def test_accounts_are_compared_as_far_as_variants_agree(ends, holds, part):
    names = ("least_above_footprint", "most_above_footprint")
    relation = _relation(dict(zip(names, ends, strict=True)))
    assert relation.pop("part") == part
    assert [name for name, value in relation.items() if value] == [holds][: bool(holds)]


@pytest.fixture(scope="module")
def files(report) -> dict[str, str]:
    return {
        path.name: path.read_text("utf-8") for path in (report / "places").iterdir()
    }


def test_every_place_has_a_file_with_its_sentence(report, files, malicious_labels):
    page = (report / "place.html").read_text("utf-8")
    rows = read_mart(malicious_labels, "region_sentences", ["sentence"])
    last = max(year for year, *_ in rows)
    said = {
        region: row["sentence"]
        for (year, stressor, region), row in rows.items()
        if (year, stressor) == (last, "co2")
    }
    assert len(files) == len(said)
    for name in files:
        assert f'href="places/{name}"' in page
    headings = {
        unescape(re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)[1]).replace(
            "\xa0", " "
        )
        for text in files.values()
    }
    assert headings == set(said.values())


def test_a_file_is_small_and_leads_on(report, files):
    for name, text in files.items():
        assert len(text.encode()) < 60_000
        assert re.search(r'href="\.\./place\.html#[^"]+">Compare', text)
        assert 'property="og:title"' in text
        assert "<svg" in text
        # nothing but what is decided before a page is drawn
        assert re.findall(r'<script[^>]*src="([^"]+)"', text) == ["../assets/theme.js"]
        for href in re.findall(r'href="([^"#]+)', text):
            if not href.startswith("data:"):
                assert (report / "places" / unquote(href)).resolve().exists(), (
                    name,
                    href,
                )


def test_pictures_have_the_measure_of_the_headline_and_fit_a_phone(files):
    text = files["B.html"].replace("\xa0", " ")
    drawn = re.findall(r'<svg viewBox="0 0 (\d+) .*?</svg>', text, re.DOTALL)
    assert drawn == ["720", "340"]
    written = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    # 2.1 Gt and 0.48 Gt of 300 million people
    assert [each for each in written if each.endswith(" t")] == ["1.60 t", "7.00 t"] * 2
    assert written.count("emitted, t per person") == 2
