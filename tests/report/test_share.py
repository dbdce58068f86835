"""Reports with an address: pictures of links, charts on other pages, a site map."""

import html
import re
import struct
from xml.etree import ElementTree

import pytest
from support.refusals import refused
from support.report_context import CONTEXT
from support.report_pages import make

from carbonshed.report import vega
from carbonshed.report.share import HEIGHT, WIDTH, Site, nested, share_svg

HOME = "https://example.org/carbon"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize(
    "address", ["example.org", "/srv/www", "ftp://a.b/c", "https://a.b/?c", "https:///"]
)
def test_what_is_no_address_of_a_folder_is_refused(address):
    with refused("expected the address of the folder"):
        Site.at(address)


def test_addresses_of_files_are_quoted():
    assert Site.at(f"{HOME}/").of("a b/ü#.html") == f"{HOME}/a%20b/%C3%BC%23.html"


def test_a_picture_of_a_link_has_the_headline_and_the_chart():
    chart = (
        '<svg class="marks" width="200" viewBox="0 0 200 100"><path d="M0,0"/></svg>'
    )
    svg = share_svg("Who & what <emits> " * 30, CONTEXT, chart, "Words instead")
    picture = ElementTree.fromstring(svg)
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].startswith("Who & what <emits>")
    assert texts[2].endswith(" ...")  # three lines, and no more
    assert texts[-2] == "Source: a census"
    assert "Tiny" in texts[-1]
    (inner,) = picture.findall("{http://www.w3.org/2000/svg}svg")
    assert inner.get("viewBox") == "0 0 200 100"
    bottom = float(inner.get("y")) + float(inner.get("height"))
    assert float(inner.get("height")) > 0
    assert bottom < HEIGHT
    assert "Words instead" not in [*picture.itertext()]
    bare = ElementTree.fromstring(
        share_svg("Who emits", CONTEXT, None, "Words instead")
    )
    assert "Words instead" in [*bare.itertext()]
    with pytest.raises(ValueError, match="viewBox"):
        nested("<svg></svg>", 0, 0, 1, 1)


def test_marks_of_a_chart_without_a_frame_say_their_tips():
    bars = vega.draw(
        "bar",
        [{"part": "a", "share": 0.25}],
        x=vega.quantitative("share"),
        tooltip=vega.tips("part=for", "share:%=of all"),
    )
    spec = vega.bare(vega.finished(vega.layers(bars), height=100))
    (layer,) = spec["layer"]
    assert layer["encoding"]["description"] == {
        "value": {
            "expr": """"for: " + datum["part"] + '; ' + """
            """"of all: " + format(datum["share"], '.1%')"""
        }
    }
    assert spec["width"] == vega.EXPORT_WIDTH


def test_a_report_with_an_address_can_be_found_and_sent(malicious_labels, tmp_path):
    report = make(malicious_labels, tmp_path / "report", pictures=True, address=HOME)
    tree = ElementTree.parse(report / "sitemap.xml")
    listed = {node.text for node in tree.iter(f"{SPACE}loc")}
    assert f"{HOME}/index.html" in listed
    for address in listed:
        page = report / address.removeprefix(f"{HOME}/")
        text = page.read_text("utf-8")
        assert f'<link rel="canonical" href="{address}">' in text
        assert f'<meta property="og:url" content="{address}">' in text
        (image,) = re.findall(r'property="og:image" content="([^"]+)"', text)
        picture = (report / image.removeprefix(f"{HOME}/")).read_bytes()
        assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
        for frame in re.findall(r"<textarea[^>]*>(.*?)</textarea>", text):
            (source,) = re.findall(r'src="([^"]+)"', html.unescape(frame))
            embed = (report / source.removeprefix(f"{HOME}/")).read_text("utf-8")
            assert "<svg" in embed
            assert "<img" not in embed
            back = re.findall(r'<a href="([^"]+)"', embed)[-1]
            assert back.startswith(address)
            assert f'id="{back.partition("#")[2]}"' in text
        assert "To cite: " in text


def test_a_report_without_an_address_has_none_of_it(report):
    assert not (report / "sitemap.xml").exists()
    assert not (report / "embeds").exists()
    text = (report / "index.html").read_text("utf-8")
    assert "canonical" not in text
    assert "<iframe" not in html.unescape(text)
