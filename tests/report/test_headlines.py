"""The headlines of findings, read as a person would say them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.compare import asked, read_mart
from support.edges import INVERSE, ZEROS
from support.in_browser import browser, context, covered, page
from support.report_pages import make
from support.systems import Category, Region, Sector, Stressor, System, Year
from support.tidy_folder import write_tidy

__all__ = ["browser", "context", "page"]

FIXTURES = (
    *("three_cities", "edges", "single_region", "several_years", "required_only"),
    *("hostile", "countries"),
)
FORBIDDEN = re.compile(
    r"\bmarts?\b|\bseeds?\b|_|\branked\b|\bstressors?\b|\brespectively\b|;|\bWLD\b"
    r"|\bevery 309\b|\bnull\b|\bNone\b|[{}\[\]]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+ of \d+|\d[\d.,]*")
UNITS = {"kg": 1e-3, "t": 1.0, "tonnes": 1.0, "kt": 1e3, "Mt": 1e6, "Gt": 1e9}
# the number of these is one of another table, or a count
OF_OTHERS = {"published_accounts"}
# people in millions, 2012; published consumption in million tonnes of carbon (Global
# Carbon Budget 2019)
COUNTRIES = {
    "AUS": ("Commonwealth of Australia and of its External Territories", 22.7, 109.286),
    "BRA": ("Brazil", 199.3, 140.614),
    "CAN": ("Canada", 34.7, 164.524),
    "CHN": ("中国", 1377.0, 2236.136),
    "DEU": ("Germany", 80.4, 252.234),
    "FRA": ("France", 65.7, 130.634),
    "GBR": ("United Kingdom", 63.7, 175.198),
    "IND": ("India", 1265.0, 500.096),
    "JPN": ("Japan", 127.6, 419.287),
    "MEX": ("Mexico", 115.7, 146.321),
    "RUS": ("Russian Federation", 143.2, 400.508),
    "USA": ("United States", 314.0, 1578.033),
}
PLANTED = 1.5  # times what is published of Australia
ELASTICITY = 0.6  # percent of the footprint a percent of income
CHINA_FOR_USA = 0.03  # a share of what China makes


@dataclass
class World:
    """Twelve countries whose footprints are those that are published, but for one."""

    system: System
    flows: np.ndarray  # t, by origin and destination
    direct: np.ndarray  # t


def world() -> World:
    """Return a table of which the footprints are given, and the intensities follow.

    In 2013 nobody knows GDP.
    """
    ids = list(COUNTRIES)
    people = np.array([1e6 * millions for _, millions, _ in COUNTRIES.values()])
    footprints = np.array([3.664e6 * carbon for *_, carbon in COUNTRIES.values()])
    footprints[ids.index("AUS")] *= PLANTED
    direct = footprints / 10
    bought = np.diag(people * 1e4)
    for k in range(len(ids)):
        bought[k, k - 1] = bought[k, k] / 1000
    china, states = ids.index("CHN"), ids.index("USA")
    bought[china, states] = bought[china, china] * CHINA_FOR_USA
    intensities = np.linalg.solve(bought.T, footprints - direct)
    assert (intensities > 0).all()
    flows = intensities[:, None] * bought
    demand = bought[:, :, None]
    incomes = 1e4 * (footprints / people / 5) ** (1 / ELASTICITY)

    def year(gdp: list[float | None]) -> Year:
        return Year(
            # each itself uses a tenth of what it makes
            transactions=np.diag(bought.sum(axis=1) / 9),
            final_demand=demand,
            exports=np.zeros(len(ids)),
            emissions={"co2": flows.sum(axis=1)},
            direct={"co2": direct[:, None]},
            population=[round(count) for count in people],
            gdp=gdp,
        )

    income_values = [float(income) for income in incomes * people.round()]
    system = System(
        regions=[
            Region(id_, name, "country", name_en="China" if id_ == "CHN" else None)
            for id_, (name, *_) in COUNTRIES.items()
        ],
        sectors=[Sector("goods", "Goods")],
        categories=[Category("homes", "Households")],
        stressors=[Stressor("co2", "Carbon dioxide", "t")],
        years={2012: year(income_values), 2013: year([None] * len(ids))},
        currency="USD",
    )
    return World(system, flows, direct)


@pytest.fixture(scope="module")
def countries(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tidy") / "countries"
    write_tidy(world().system, folder, "csv", name="countries")
    project.ingest(folder, "countries").must_pass()
    with project.untested():
        return project.build("countries")


@pytest.fixture(scope="module")
def atlas(countries, tmp_path_factory):
    """Make the report of the countries."""
    return make(countries, tmp_path_factory.mktemp("atlas") / "report")


def findings(warehouse: Path) -> list[dict[str, object]]:
    """Return the rows of the mart."""
    return [*read_mart(warehouse, "findings").values()]


@cache
def names_in(warehouse: Path) -> list[str]:
    """Return what a table itself calls its places, the longest first."""
    rows = asked(
        warehouse,
        "select short_name from intermediate.int_spoken_names union all"
        " select short_name_first from intermediate.int_spoken_names",
    )
    # a shorter name might be a part of any word, or of a number
    return sorted({name for (name,) in rows if len(name) > 2}, key=len)[::-1]


def without_names(headline: str, warehouse: Path) -> str:
    """Return a headline without what the table itself calls its places."""
    for name in names_in(warehouse):
        headline = headline.replace(name, "X")
    return headline


def said(headline: str) -> float | None:
    """Return the number of a headline, in tonnes, as a share or a factor."""
    numeral = NUMBER.search(headline)
    if numeral is None:
        return None
    if " of " in numeral[0]:
        part, whole = numeral[0].split(" of ")
        return int(part) / int(whole)
    unit, *_ = [*headline[numeral.end() :].replace(",", "").split(), ""]
    number = float(numeral[0].replace(",", ""))
    return number * (0.01 if unit == "%" else UNITS.get(unit, 1.0))


@pytest.mark.parametrize("dataset", FIXTURES)
def test_headlines_can_be_said(dataset, request):
    built = request.getfixturevalue(dataset)
    warehouse = getattr(built, "warehouse", built)
    rows = findings(warehouse)
    assert len(rows) > 5
    (nouns,) = asked(warehouse, "select region_noun, region_noun_plural from dataset")
    scope = asked(
        warehouse, "select year, stressor_id, footprints_leave_out from account_extents"
    )
    left_out = {(year, stressor): words for year, stressor, words in scope}
    first = min(year for year, *_ in scope)
    for row in rows:
        headline = row["headline"]
        assert headline, row
        assert headline == headline.strip(" ."), headline
        plain = without_names(headline, warehouse)
        # a change is since the first year, which is no second number
        if row["finding_id"] == "change_per_person":
            assert row["year"] > first, headline
            plain = re.sub(rf"since {first}$", "X", plain)
        assert not FORBIDDEN.search(plain), headline
        assert "  " not in plain, headline
        assert len(NUMBER.findall(plain)) <= 1, headline
        # a block that balances is no city but a region
        if not {"region", "regions"} & {*nouns}:
            spoken = re.findall(r"\bregions?\b", plain)
            assert not spoken or row["finding_id"] in TRADE, headline
        # numbers of footprints say what these leave out
        if row["finding_id"] in OF_FOOTPRINTS and said(plain) is not None:
            words = left_out[row["year"], row["stressor_id"]]
            assert ("imports" in words) == ("ithout imports" in plain), headline
            assert bool(words) == ("ithout" in plain), headline


TRADE = {
    "arises_elsewhere",
    "net_transfer",
    "poor_to_rich",
    "largest_flow",
}
OF_FOOTPRINTS = {
    "arises_elsewhere",
    "arises_upstream",
    "change_per_person",
    "footprint_total",
    "income_and_footprint",
    "investment",
    "largest_footprint",
    "per_person",
    "reason_of_change",
    "super_emitters",
    "unequal_footprints",
}


@pytest.mark.parametrize("dataset", FIXTURES)
def test_the_number_of_a_headline_is_the_value(dataset, request):
    """`value` is compared with the reference elsewhere."""
    built = request.getfixturevalue(dataset)
    warehouse = getattr(built, "warehouse", built)
    compared = 0
    for row in findings(warehouse):
        plain = without_names(row["headline"], warehouse)
        number = said(plain)
        if row["value"] is None:  # what is withheld has none; of people, under 60 %
            assert number is None or row["finding_id"] == "receivers", row
            continue
        if number is None or row["finding_id"] in OF_OTHERS or "keep" in plain:
            continue
        if is_of_one_emitter(plain):
            continue  # one of the emitters; the value is for all
        value = abs(row["value"])
        if "less than" in plain.lower() or "more than 99" in plain.lower():
            continue
        error = 0.005 * value if row["unit"] != "share" else 0.005
        if row["unit"] == "factor":  # two digits
            error = 0.05 if value < 9.5 else 0.5
        assert abs(number - value) <= error * (1 + 1e-9), row
        compared += 1
    assert compared


def is_of_one_emitter(headline: str) -> bool:
    """Tell by its words, of which long names leave fewer."""
    return "times the average" in headline


@pytest.mark.parametrize("dataset", FIXTURES)
def test_one_emitter_stands_out_where_all_have_no_more_than_their_share(
    dataset, request
):
    built = request.getfixturevalue(dataset)
    warehouse = getattr(built, "warehouse", built)
    headlines = {
        (row["year"], row["stressor_id"]): row["headline"]
        for row in findings(warehouse)
        if row["finding_id"] == "super_emitters"
    }
    ranked = asked(
        warehouse,
        "select year, stressor_id, region_id, consumption_footprint, population"
        " from footprint_rankings",
    )
    emitters = asked(
        warehouse,
        "select year, stressor_id, region_id from super_emitters"
        " where is_default_rule and is_selected",
    )
    for year, stressor in {row[:2] for row in ranked}:
        own = {row[2]: row[3:] for row in ranked if row[:2] == (year, stressor)}
        chosen = [row[2] for row in emitters if row[:2] == (year, stressor)]
        headline = headlines[year, stressor]
        footprint, people = (sum(own[id_][at] or 0.0 for id_ in own) for at in range(2))
        if footprint > 0 and people and 1 < len(chosen) < len(own):
            mean = footprint / people
            part = [sum(own[id_][at] or 0.0 for id_ in chosen) for at in range(2)]
            times = max(own[id_][0] / own[id_][1] / mean for id_ in chosen)
            is_one = part[0] / footprint <= part[1] / people and times >= 1.05
            assert is_of_one_emitter(headline) == is_one, headline
            assert not is_one or f" {times:.1f} times" in headline, headline


def test_a_world_that_is_the_same_again_has_not_changed(countries):
    (row,) = filter(is_change, findings(countries))
    assert row["year"] == 2013
    assert row["headline"] == (
        "Emissions caused per person hardly changed over the years"
    )


def test_without_footprints_it_is_not_for_want_of_gdp_that_nothing_is_said(edges):
    (words,) = {
        row["headline"]
        for row in findings(edges.warehouse)
        if row["finding_id"] == "income_and_footprint" and row["stressor_id"] == "so2"
    }
    assert words == "Too few cities to tell how footprints go with GDP"


def test_what_changed_is_since_the_first_year(edges):
    """A town of ten times the footprint."""
    rows = {
        row["year"]: row
        for row in findings(edges.warehouse)
        if is_change(row) and row["stressor_id"] == "co2"
    }
    assert min(edges.system.years) not in rows
    assert rows[INVERSE]["value"] == pytest.approx(9)
    assert rows[INVERSE]["headline"] == (
        "Without imports, Town ALL causes 900 % more per person since 2012"
    )
    # 1,536 t times 1 to 10, of 1,000 people each
    assert rows[INVERSE]["finding"].startswith(
        "From 2012 to 2014 the footprint per person of Town ALL rose by 900 %, from"
        " 1.54 t to 15.4 t, the largest relative change of 10 cities. It rose in 9 of"
        " them. For all people together it went from 1.54 t to 8.45 t. Footprints"
        " leave out "
    )
    # two towns use nothing in that year
    assert (
        "because the footprint is not above zero in both years: 2"
        in (rows[ZEROS]["finding"])
    )


def is_change(row: dict[str, object]) -> bool:
    return row["finding_id"] == "change_per_person"


def of_world(countries: Path, year: int) -> dict[str, dict[str, object]]:
    return {
        row["finding_id"]: row for row in findings(countries) if row["year"] == year
    }


def test_a_planted_error_is_counted_and_its_place_is_named(countries):
    """All lie in the middle of their intervals, but Australia half above it."""
    row = of_world(countries, 2012)["published_accounts"]
    assert row["headline"] == "11 of 12 published footprints fit our intervals"
    assert row["value"] == pytest.approx(11 / 12)
    whole = COUNTRIES["AUS"][0]
    ours = 3.664 * COUNTRIES["AUS"][2] * PLANTED
    assert "inside our 90 % intervals, where 11 would be expected" in row["finding"]
    assert row["finding"].endswith(
        f"; furthest outside in tonnes: {whole} ({ours:.0f} Mt here,"
        f" {ours / PLANTED:.0f} Mt published)."
    )


def test_a_country_is_found_by_its_codes_and_in_other_languages(page, atlas):
    """And on a small screen words beside published figures cover none."""
    for width in (390, 768):
        page.set_viewport_size({"width": width, "height": 1024})
        page.goto((atlas / "trust.html").as_uri())
        page.locator("#chart-beside-published svg").wait_for()
        assert covered(page) == []
    box = page.get_by_role("combobox", name="Find a country or a page")
    options = page.locator("#search-found").get_by_role("option")
    for text, name in (
        ("UK", "United Kingdom"),
        ("gb", "United Kingdom"),
        ("brasil", "Brazil"),
        ("États", "United States"),
        ("inde", "India"),
    ):
        box.fill(text)
        assert options.first.inner_text() == name, text
    box.fill("holland")  # which this table does not have
    assert options.count() == 0


def test_what_contradicts_the_published_figure_is_not_said_of_it(countries):
    """Australia has most here, and 1.5 times what is published; the United States next.

    Of the eleven that agree these have 3.664 x 1,578 Mt for 314 million people.
    """
    row = of_world(countries, 2012)["per_person"]
    _, millions, carbon = COUNTRIES["USA"]
    theirs = 3.664 * carbon / millions
    assert row["headline"] == (
        "Where published figures agree, the United States causes the most per person:"
        f" {theirs:.1f} tonnes"
    )
    whole, millions, carbon = COUNTRIES["AUS"]
    ours = 3.664 * carbon * PLANTED / millions
    assert row["finding"].startswith(
        "Of the 11 countries whose published footprint lies inside our 90 % interval,"
        f" the United States has the largest per person, {theirs:.1f} t. By this table"
        f" alone it is {whole} with {ours:.1f} t, but the Global Carbon Budget"
        f" publishes {ours / PLANTED:.1f} t."
    )
    assert row["value"] == pytest.approx(theirs, rel=1e-3)
    assert row["subject_ids"] == ["USA"]
    assert (row["agrees_with_published"], row["grade"]) == (True, "holds")
    assert row["licence"] == "checked: the published figure agrees"


def test_countries_have_their_names_in_english(countries):
    ids = list(COUNTRIES)
    flow = world().flows[ids.index("CHN"), ids.index("USA")]
    assert of_world(countries, 2012)["largest_flow"]["headline"] == (
        f"China emits {flow / 1e6:.0f} Mt to supply the United States,"
        " more than any other pair"
    )


def test_incomes_that_are_not_known_are_said_to_be(countries):
    unknown = of_world(countries, 2013)
    assert unknown["income_and_footprint"]["value"] is None
    assert unknown["income_and_footprint"]["headline"] == (
        "How footprints go with GDP cannot be said: it is not known"
    )
    assert unknown["poor_to_rich"]["headline"].endswith("GDP is not known")
    assert unknown["emissions_avoided"]["headline"] == (
        "No scenarios here: they are meant for one country's cities, not countries"
    )
