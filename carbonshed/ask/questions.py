"""Ready questions: what is published keeps their SQL, so that none needs dbt."""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import duckdb

from carbonshed.ask.answers import explained
from carbonshed.ask.text_table import UNSPOKEN, stressor_unit
from carbonshed.errors import CarbonshedError
from carbonshed.paths import settings_of, shipped_project
from carbonshed.publish.work_file import rows_of
from carbonshed.text import (
    PROSE_WIDTH,
    folded,
    listing,
    sentence,
    sql_text,
    suggestion,
)

# a question that says what all the others are about
SCOPE = "what_footprints_hold"
_VARS = re.compile(r"var\('(\w+)'\)")
_CHOICES = ("year", "stressor_id", "region_id")
_MAX_NEAR = 5
# marts on emissions avoided by scenarios, and on those who could receive them
_SCENARIO_MART = re.compile(r'\bmarts"?\."?(?:quota|living)_')


@dataclass(frozen=True)
class Question:
    """A row of the mart ``questions``."""

    name: str
    question: str
    reading: str
    parameters: tuple[str, ...]  # variables of DuckDB that it reads
    # the variable that has no default: ``NAME=VALUE, what it is``; None without one
    needs: str | None
    units: Mapping[str, str]  # unit of each column that has one
    sql: str

    @property
    def is_of_a_region(self) -> bool:
        """Whether it is about one region: the scope has one for all the others."""
        return "region_id" in self.parameters and self.name != SCOPE

    def units_to_print(self, context: "QuestionContext") -> dict[str, str]:
        """Return those units that a name alone does not tell, with the currency's."""
        currency = str(context.about["currency"])
        return {
            name: unit.replace("currency", currency)
            for name, unit in self.units_for(context).items()
            if unit not in UNSPOKEN
        }

    def units_for(self, context: "QuestionContext") -> dict[str, str]:
        """Return the unit of each column for the stressor that it is about."""
        unit = str(context.about["unit"])
        return {
            name: stressor_unit(column_unit, unit)
            for name, column_unit in self.units.items()
        }


@dataclass(frozen=True)
class QuestionContext:
    """The subject of an answer: dataset, year, stressor, region and scope."""

    # the row of `SCOPE`: title, year, stressor_name, unit, region_name, scope and what
    # else that question answers
    about: Mapping[str, object]
    # years, scope and what footprints leave out; one row, or more for a question over
    # several years
    extents: list[tuple[str, str, str]] = field(default_factory=list)
    # above figures of scenarios: the reason that they are not meant for this dataset,
    # and what the levers of producers compare
    across_countries: str | None = None
    producers: str | None = None

    def notes_on(self, question: Question) -> dict[str, str]:
        """Return what the answer to a question is about, and how to read it.

        Each note is a line, by what it says.
        """
        row = self.about
        is_about = [row["title"]]
        if "year" in question.parameters:
            is_about.append(row["year"])
        if "stressor_id" in question.parameters:
            is_about.append(row["stressor_name"])
        if question.is_of_a_region:
            is_about.append(row["region_name"])
        notes = {
            "question": question.question,
            "about": "; ".join(map(str, is_about)),
            "caveat": str(row["caveat_note"] or ""),
            "across_countries": self.across_countries or "",
            "producers": self.producers or "",
            "reading": question.reading,
        }
        for years, scope, left_out in self.extents:
            left = (
                f"footprints leave {f'out {left_out}' if left_out else 'nothing out'}"
            )
            notes[f"scope {years}"] = f"Scope, {years}: {scope}; {left}."
        return {name: note for name, note in notes.items() if note}


def all_questions(connection: duckdb.DuckDBPyConnection) -> dict[str, Question]:
    """Return the questions that are kept in what is published, by name."""
    try:
        rows = connection.execute(
            "select question_id, question, reading, chosen_by, needs, answer_columns,"
            " compiled_sql from questions order by question_id"
        ).fetchall()
    except duckdb.CatalogException:
        raise CarbonshedError(
            "what is published holds no ready questions: an earlier version published"
            " it; build it again"
        ) from None
    questions = {}
    for name, question, reading, chosen_by, needs, columns, sql in rows:
        units = {
            column["column_name"]: column["unit"]
            for column in json.loads(columns)
            if column["unit"]
        }
        names = tuple(chosen_by.split(", ")) if chosen_by else ()
        questions[name] = Question(name, question, reading, names, needs, units, sql)
    return questions


def find_question(questions: Mapping[str, Question], name: str) -> Question:
    """Return a question by name; a refusal says what asks for it, or all names."""
    if name not in questions:
        if variables := _vars_for(name):
            raise CarbonshedError(
                f"{name} is a ready question, but the build that is published was not"
                f" asked for it: build with {variables}"
            )
        raise CarbonshedError(
            f"no ready question is called {name!r}{suggestion(name, questions)};"
            f" there are: {listing(questions)}"
        )
    return questions[name]


def _vars_for(name: str) -> str:
    """Return the vars with which a build keeps a shipped question, "" if none does."""
    folder = shipped_project() / "analyses"
    for question in settings_of(folder / "_analyses.yml").get("analyses", ()):
        if question["name"] == name:
            enabled = str(question.get("config", {}).get("enabled", ""))
            return ", ".join(f"{var}: true" for var in _VARS.findall(enabled))
    return ""


def choose(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    year: int | None = None,
    stressor: str | None = None,
    region: str | None = None,
    settings: Iterable[str] = (),
) -> None:
    """Set the subject of a question; what is not given has its default.

    Stressor and region are ids or names, whatever case and accents; settings further
    variables as ``NAME=VALUE``. What the question does not ask for, or the dataset
    does not have, is refused.
    """
    choices = {"year": year, "stressor_id": stressor, "region_id": region}
    wishes = {name: str(wish) for name, wish in choices.items() if wish is not None}
    for setting in settings:
        name, mark, value = setting.partition("=")
        if not mark or name in _CHOICES:
            raise CarbonshedError(
                f"--set {setting}: expected NAME=VALUE; --year, --stressor and --region"
                " have options of their own"
            )
        wishes[name] = value
    for name in wishes:
        if name not in question.parameters:
            raise CarbonshedError(_not_asked(question, name))
    needed = (question.needs or "").partition("=")[0]
    if needed and needed not in wishes:
        raise CarbonshedError(f"{question.name} needs --set {question.needs}")
    options = {
        "year": "select distinct year, year from regional_accounts order by all",
        "stressor_id": "select stressor_id, stressor_name from stressors order by all",
        "region_id": "select region_id, region_name from regions order by all",
    }
    for name, wish in wishes.items():
        value = wish
        if name in options:
            rows = connection.execute(options[name]).fetchall()
            value = chosen_id(
                name.removesuffix("_id"), wish, [(str(a), str(b)) for a, b in rows]
            )
        connection.execute(f"set variable {name} = {sql_text(value)}")


def question_context(
    connection: duckdb.DuckDBPyConnection,
    questions: Mapping[str, Question],
    question: Question,
) -> QuestionContext:
    """Return the subject of a question, after `choose`."""
    with explained():
        about, *_ = rows_of(connection.sql(questions[SCOPE].sql))
    # as text: DuckDB loads pandas before it takes a parameter
    of_the_year = (
        f" and year = {about['year']}" if "year" in question.parameters else ""
    )
    extents = connection.execute(
        "select string_agg(year, ', ' order by year), scope, footprints_leave_out"
        f" from account_extents where stressor_id = {sql_text(about['stressor_id'])}"
        f"{of_the_year} group by all order by min(year)"
    ).fetchall()
    warnings: dict[str, str] = {}
    if _SCENARIO_MART.search(question.sql):
        # an earlier publication has not got both
        notes = connection.sql(
            "select columns('^(across_countries|producer_premise)_note$')"
            f" from quota_summary where year = {about['year']}"
            f" and stressor_id = {sql_text(about['stressor_id'])}"
        )
        for row in rows_of(notes):
            warnings |= {name: sentence(note) for name, note in row.items() if note}
    return QuestionContext(
        about,
        extents,
        warnings.get("across_countries_note"),
        warnings.get("producer_premise_note"),
    )


def listed(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    context: QuestionContext,
    questions: Mapping[str, Question],
) -> str:
    """Return the findings of a dataset, and the questions by subject, for people."""
    row = context.about
    lines = [f"{row['title']}; {row['year']}; {row['stressor_name']}"]
    if row["caveat_note"]:
        lines.append(str(row["caveat_note"]))
    if findings := _findings(connection, context):
        lines += [
            textwrap.fill(
                finding, PROSE_WIDTH, initial_indent="- ", subsequent_indent="  "
            )
            for finding in findings
        ]
        proof = f'carbonshed query {dataset} "select headline, finding from findings"'
        lines += ["", f"The proof of each: {proof}"]
    width = max(map(len, questions))
    for head, is_of_a_region in (
        ("About all regions", False),
        ("About one region: --region NAME", True),
    ):
        lines += ["", head]
        for name, entry in sorted(questions.items()):
            if entry.is_of_a_region is not is_of_a_region:
                continue
            needs = f" Needs --set {entry.needs}." if entry.needs else ""
            lines += textwrap.wrap(
                f"{entry.question}{needs}",
                PROSE_WIDTH,
                initial_indent=f"  {name:<{width}}  ",
                subsequent_indent=" " * (width + 4),
            )
    lines += [
        "",
        f"carbonshed ask NAME --dataset {dataset} answers one; --year, --stressor,"
        " --format and more: carbonshed ask --help",
    ]
    return "\n".join(lines)


def _findings(
    connection: duckdb.DuckDBPyConnection, context: QuestionContext
) -> list[str]:
    """Return the findings of the year and stressor as one says them, with their grade.

    What one source says alone has no grade behind it: most of a table that nothing
    else is known of is so.
    """
    try:
        rows = rows_of(
            connection.sql(
                f"from marts.findings where year = {context.about['year']}"
                f" and stressor_id = {sql_text(context.about['stressor_id'])}"
                " order by finding_position"
            )
        )
    except duckdb.CatalogException:  # published before there were any
        return []
    said = []
    for row in rows:
        # published before there were headlines, it has but proofs
        sentence, grade = row.get("headline") or row["finding"], row.get("grade")
        is_tested = grade and grade != "one source"
        said.append(f"{sentence} ({grade})" if is_tested else sentence)
    return said


def _not_asked(question: Question, name: str) -> str:
    options = {"year": "--year", "stressor_id": "--stressor", "region_id": "--region"}
    known = [options.get(each, f"--set {each}=...") for each in question.parameters]
    return (
        f"{question.name} has no option {options.get(name, f'--set {name}')}; it takes"
        f" {listing(known, empty='none')}"
    )


def chosen_id(what: str, wish: str, options: list[tuple[str, str]]) -> str:
    """Return the id that a wish, an id or a name, stands for."""
    plain = folded(wish)
    for matches in (
        [id_ for id_, _ in options if id_ == wish],
        [id_ for id_, name in options if name == wish],
        [id_ for id_, _ in options if folded(id_) == plain],
        [id_ for id_, name in options if folded(name) == plain],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise CarbonshedError(
                f"{wish!r} is the name of {len(matches)} of the {what}s; say which by"
                f" its id: {listing(matches)}"
            )
    raise CarbonshedError(
        f"the dataset has no {what} {wish!r}; {_near(plain, options)}"
    )


def _near(plain: str, options: list[tuple[str, str]]) -> str:
    """Return those that are like it, or else the first of all that there are."""
    labels = {}
    for id_, name in options:
        label = id_ if name == id_ else f"{id_} ({name})"
        labels |= {folded(id_): label, folded(name): label}
    near = [label for text, label in labels.items() if plain and plain in text]
    near += [labels[text] for text in get_close_matches(plain, labels, _MAX_NEAR)]
    if near:
        return f"near: {listing(dict.fromkeys(near), _MAX_NEAR)}"
    return f"there are: {listing(dict.fromkeys(labels.values()), _MAX_NEAR)}"
