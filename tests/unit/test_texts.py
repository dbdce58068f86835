"""The seed of texts against the SQL that chooses them and names their columns."""

import csv
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SQL = "\n".join(
    path.read_text("utf-8")
    for folder in ("models", "macros")
    for path in (ROOT / folder).rglob("*.sql")
)
with (ROOT / "seeds" / "texts.csv").open(encoding="utf-8", newline="") as file:
    TEXTS = {row["text_id"]: row["sentence"] for row in csv.DictReader(file)}
# ids that SQL makes of another text's, of a premise or of the result for a cap
PREFIXES = ("spoken_", "premise_", "cap_")
SHORTER = ("_short", "_shortest")


def columns_of(sentence: str) -> list[str]:
    return re.findall(r"{([^}]*)}", sentence)


@pytest.mark.parametrize("text_id", TEXTS)
def test_a_text_is_chosen_somewhere(text_id):
    for prefix in PREFIXES:
        if text_id.startswith(prefix):
            assert f"'{prefix}'" in SQL
            text_id = text_id.removeprefix(prefix)
    for suffix in SHORTER:
        if text_id.endswith(suffix):
            assert f"'{suffix}'" in SQL
            text_id = text_id.removesuffix(suffix)
    if TEXTS.keys() & {f"{prefix}{text_id}" for prefix in PREFIXES[1:]}:
        text_id = text_id.replace("_", "[ _]")
    assert re.search(f"'{text_id}'", SQL)


@pytest.mark.parametrize("text_id", TEXTS)
def test_columns_of_a_text_are_columns(text_id):
    for column in columns_of(TEXTS[text_id]):
        name, _, unit = column.partition(":")
        assert re.fullmatch("[a-z0-9_]+", name), column
        # SQL has the columns of regions and nouns in a loop
        of_several = re.fullmatch("(.+?)(_plural)?(_(name|said)(_first)?)", name)
        if (
            of_several
            and not re.search(rf"\b{name}\b", SQL)
            and f"}}}}{of_several[3]}" in SQL
        ):
            name = of_several[1]
        assert re.search(rf"\b{name}\b", SQL), column
        assert unit in ("", "t", "tonnes", "share", "percent", "factor", "limit")


@pytest.mark.parametrize("text_id", TEXTS)
def test_brackets_name_a_column_and_are_not_nested(text_id):
    """What stands in brackets without a column would never be left out."""
    passages = re.split(r"[\[\]]", TEXTS[text_id])
    assert re.fullmatch(r"([^\[\]]*\[[^\[\]]*\])*[^\[\]]*", TEXTS[text_id])
    assert all(columns_of(passage) for passage in passages[1::2])


def test_every_text_that_findings_choose_is_there():
    """Findings have their headlines; recipients have one headline for three."""
    findings = (ROOT / "models/marts/quality/findings.sql").read_text("utf-8")
    (choices,) = re.findall(r"(?s)\nchosen as(.*)\nheaded as", findings)
    (spoken,) = re.findall(r"(?s)\nheaded as(.*)\nsentences as", findings)
    chosen = set(re.findall(r"(?:then|else) '(\w+)'", choices))
    assert len(chosen) > 30
    assert chosen <= {*TEXTS}
    chosen |= set(re.findall(r"then '(\w+[a-z])'", spoken))
    chosen |= {id_ for id_ in TEXTS if id_.startswith("premise_")}
    chosen -= {id_ for id_ in chosen if id_.startswith("receivers_")}
    # said of what is avoided, and then nothing is of recipients
    chosen.remove("premise_across_countries")
    assert {f"spoken_{id_}" for id_ in chosen} <= {*TEXTS}


# the longest that a field may be: names and nouns by docs/methods.md, Findings
LONGEST = {
    ":t": "9.99 Mt",
    ":tonnes": "9.99 tonnes",
    ":share": "more than 99 %",
    ":factor": "0.012",
    "_name": "High ambition",
    "_said": "Lands by the distantest isles…",
    "_said_first": "Lands by the distantest isles…",
    "noun": "metropolitan-areas",
    "emitters": "twelve",
    "scope": "without direct emissions",
    "published": "39",
    "reason": "Demand and intensity",
}


def longest(sentence: str, *, is_whole: bool) -> str:
    """Return a sentence with its longest fields; brackets side by side exclude."""

    def fill(match: re.Match[str]) -> str:
        name, _, unit = match[1].partition(":")
        if name.startswith(("is_", "has_")):
            return ""
        if unit:
            return LONGEST[f":{unit}"]
        for part in ("noun", "emitters", "scope", "published", "reason"):
            if part in name:
                return LONGEST[part]
        return LONGEST[re.search("_(name|said)(_first)?$", name)[0]]

    def choose(match: re.Match[str]) -> str:
        passages = [
            passage
            for passage in re.findall(r"\[([^\]]*)\]", match[0])
            if not ("{scope_" in passage and is_whole)
            and not (re.search("{is_(whole|.*_published)}", passage) and not is_whole)
        ]
        return max(
            (re.sub("{([^}]*)}", fill, text) for text in passages), key=len, default=""
        )

    return re.sub("{([^}]*)}", fill, re.sub(r"(\[[^\]]*\])+", choose, sentence))


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("text_id", [id_ for id_ in TEXTS if id_.startswith("spoken_")])
def test_the_shortest_wording_of_a_headline_always_fits(text_id, is_whole):
    if not any(f"{text_id}{suffix}" in TEXTS for suffix in ("_short", "est")):
        sentence = longest(TEXTS[text_id], is_whole=is_whole)
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
