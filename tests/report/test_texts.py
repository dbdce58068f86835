"""The seed of texts against the SQL that chooses them and names their columns."""

import re
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml
from support.report_pages import read_csv

from carbonshed.text import spoken

ROOT = Path(__file__).resolve().parents[2]
TOPICS = sorted((ROOT / "models/intermediate/findings").glob("int_findings_*.sql"))
# what SQL says of several contests in a loop, it says of each
CONTESTS = {
    "largest": "largest_footprint",
    "per_person": "per_person",
    "least_per_person": "per_person",
    "change": "per_person",
}


def unrolled(sql: str) -> str:
    """Return SQL with the loops over contests written out."""
    return "\n".join(
        sql.replace("{{ contest }}", contest).replace("{{ finding_id }}", finding)
        for contest, finding in CONTESTS.items()
    )


SQL = "\n".join(
    unrolled(path.read_text("utf-8")) if path in TOPICS else path.read_text("utf-8")
    for folder in ("models", "macros")
    for path in (ROOT / folder).rglob("*.sql")
)
TEXTS = {
    row["text_id"]: row["sentence"]
    for row in read_csv(ROOT / "seeds" / "texts.csv")
    # those of pages are chosen by files of yml
    if not row["text_id"].startswith("page_")
}
# ids that SQL makes of another text's, of a premise or of the result for a cap
PREFIXES = ("spoken_", "premise_", "cap_", "licence_")
# what a headline is if variants of a compiled table contradict it
VARIES = "_varies"


def columns_of(sentence: str) -> list[str]:
    return re.findall(r"{([^}]*)}", sentence)


@pytest.mark.parametrize("text_id", TEXTS)
def test_a_text_is_chosen_somewhere(text_id):
    for prefix in PREFIXES:
        if text_id.startswith(prefix):
            assert f"'{prefix}'" in SQL
            text_id = text_id.removeprefix(prefix)
    if text_id.endswith(VARIES):
        assert f"'{VARIES}'" in SQL
        text_id = text_id.removesuffix(VARIES)
    if TEXTS.keys() & {f"{prefix}{text_id}" for prefix in PREFIXES[1:]}:
        text_id = text_id.replace("_", "[ _]")
    assert re.search(f"'{text_id}'", SQL)


@pytest.mark.parametrize("text_id", TEXTS)
def test_columns_of_a_text_are_columns(text_id):
    for column in columns_of(TEXTS[text_id]):
        name, _, unit = column.partition(":")
        assert re.fullmatch("[a-z0-9_]+", name), column
        # a region and a noun have their names by macros
        of_several = re.fullmatch("(.+?)(_plural)?_(name|said)(_first)?", name)
        if of_several and not re.search(rf"\b{name}\b", SQL):
            name = (
                of_several[1]
                if "noun" in of_several[1]
                else f"{of_several[1]}_region_id"
            )
        assert re.search(rf"\b{name}\b", SQL), column
        units = ("", "t", "tonnes", "share", "percent", "below", "factor", "limit")
        assert unit in units


@pytest.mark.parametrize("text_id", TEXTS)
def test_brackets_name_a_column_and_are_not_nested(text_id):
    """What stands in brackets without a column would never be left out."""
    passages = re.split(r"[\[\]]", TEXTS[text_id])
    assert re.fullmatch(r"([^\[\]]*\[[^\[\]]*\])*[^\[\]]*", TEXTS[text_id])
    assert all(columns_of(passage) for passage in passages[1::2])


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_every_text_that_findings_choose_is_there(path):
    """A finding has its proof and a headline, and another where variants disagree."""
    sql = unrolled(path.read_text("utf-8"))
    chosen: dict[str, set[str]] = {}
    for case, column in re.findall(
        r"(?s)\bcase((?:(?!\bcase\b).)*?)end as (text_id|spoken_id|varied_id)\b", sql
    ):
        texts = re.findall(r"(?:then|else) '(\w+[a-z])'", case)
        chosen.setdefault(column, set()).update(texts)
    assert chosen["text_id"]
    assert chosen["text_id"] <= {*TEXTS}
    spoken = set().union(*chosen.values())
    # recipients have one headline for several proofs
    spoken -= {
        id_ for id_ in spoken if id_.startswith("receivers_") and "few" not in id_
    }
    assert {f"spoken_{id_}" for id_ in spoken} <= {*TEXTS}


def test_a_premise_that_fails_has_a_headline():
    premises = {id_ for id_ in TEXTS if id_.startswith("premise_")}
    # said of what is avoided, and then nothing is of recipients
    premises.remove("premise_across_countries")
    assert {f"spoken_{id_}" for id_ in premises} <= {*TEXTS}


# the longest that a field may be: names and nouns by docs/methods.md, Findings
LONGEST = {
    ":t": "9.99 Mt",
    ":tonnes": "9.99 tonnes",
    ":share": "more than 99 %",
    ":factor": "0.012",
    # a range has a dash where words do not fit
    "size": "0.12\N{EN DASH}0.34 Mt",
    # names have a shorter cut where a longer does not fit
    "_said": "Distantest isle…",
    "_said_first": "Distantest isle…",
    "noun_plural": "municipalities",
    "noun": "municipality",
    "emitters": "twelve",
    "extent": "without household fuel",
    "count": "three",
    "year": "2007",
    "published": "39",
    "reason": "Demand and intensity",
}
PARTS = (
    *("noun_plural", "noun", "emitters", "extent", "published", "reason", "size"),
    *("count", "year"),
)

# headlines of which the number is a share
SHARES = re.compile(
    "spoken_(arises|exported|change|unequal|investment|poor|super|receivers|compiled)"
)


def longest_number(text_id: str) -> str:
    """Return the longest number of a headline, which has a single one."""
    if re.match("spoken_(unequal|change|inequality)", text_id):
        # half of the people cause half at most, a change has no largest share, and what
        # is nearly all or nothing of the inequality is not said
        return "38\N{EN DASH}40 %"
    if SHARES.match(text_id):
        return LONGEST[":share"]
    if "carbon_price" in text_id:  # said from 1.05 on
        return "1.2\N{EN DASH}1.5"
    if "income" in text_id:
        return "0.12\N{EN DASH}0.34"
    # of a table of the world there are no variants
    size = LONGEST[":t"] if text_id.endswith("agreeing") else LONGEST["size"]
    return size.replace("Mt", "tonnes") if "per_person" in text_id else size


def longest(text_id: str, *, is_whole: bool) -> str:
    """Return a headline with its longest fields; brackets side by side exclude."""
    sentence, fields = TEXTS[text_id], LONGEST | {"size": longest_number(text_id)}

    def fill(match: re.Match[str]) -> str:
        name, _, unit = match[1].partition(":")
        if name.startswith(("is_", "has_")):
            return ""
        if name == "receivers_share":  # what a rule asks for
            return "60 %"
        if unit:
            return fields[f":{unit}"]
        for part in PARTS:
            if part in name:
                return fields[part]
        return fields[re.search("_said(_first)?$", name)[0]]

    def choose(match: re.Match[str]) -> str:
        passages = [
            passage
            for passage in re.findall(r"\[([^\]]*)\]", match[0])
            if "{gas_said}" not in passage  # the shortest names stand without it
            and not ("{extent_" in passage and is_whole)
            and not ("{is_whole}" in passage and not is_whole)
        ]
        return max(
            (re.sub("{([^}]*)}", fill, text) for text in passages), key=len, default=""
        )

    return re.sub("{([^}]*)}", fill, re.sub(r"(\[[^\]]*\])+", choose, sentence))


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("text_id", [id_ for id_ in TEXTS if id_.startswith("spoken_")])
def test_a_headline_fits_with_the_shortest_names(text_id, is_whole):
    sentence = longest(text_id, is_whole=is_whole)
    assert len(sentence.split()) <= 14, sentence
    assert len(sentence) <= 90, sentence


def test_unit_tests_of_sql_give_rows_of_seeds():
    """Without rows dbt reads the seed in threads that children of a parse lack."""
    givens = [
        (path.name, unit_test["name"], given["input"])
        for path in (ROOT / "models").rglob("*.yml")
        for unit_test in yaml.safe_load(path.read_text("utf-8")).get("unit_tests", [])
        for given in unit_test["given"]
        if not {"rows", "fixture"} & set(given)
    ]
    assert givens == []


def test_names_take_an_article_as_in_the_sentences_of_the_marts():
    """The macro of the findings and the sentence of a region agree on every name."""
    macro = (ROOT / "macros" / "spoken_name.sql").read_text("utf-8")
    sql = jinja2.Template(macro + "{{ spoken_name('name', 'noun') }}").render()
    names = (
        *("United Arab Emirates", "United States", "Netherlands", "New Netherlands"),
        *("Czech Republic", "Republic of Korea", "Russian Federation", "Gambia"),
        *("Solomon Islands", "Isle of Man", "District of Columbia", "Oaxaca", "Texas"),
    )
    for noun in ("country", "state"):
        for name in names:
            (expected,) = duckdb.execute(
                f"select {sql} from (select ? as name, ? as noun)", [name, noun]
            ).fetchone()
            assert spoken(name, noun) == expected, (name, noun)
