"""What may be chosen for a build: the vars of ``dbt build --vars``.

Choices are rows of seeds. They are looked up in the CSV files, because a choice is
checked before anything is built, also before the seeds are.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from carbonshed.dataset import open_dataset
from carbonshed.dataset.fields import FieldError, parse_number
from carbonshed.errors import CarbonshedError
from carbonshed.paths import kept_scenarios, seeds_dir, warehouse_dir
from carbonshed.scenarios.reader import ScenarioRow, read_scenarios
from carbonshed.scenarios.vocabulary import Vocabulary, vocabulary_of
from carbonshed.solve.memory_plan import SOLVERS
from carbonshed.text import suggestion

# var -> the seed and its column that list what may be chosen
CHOICES = {
    "super_emitter_rule": ("super_emitter_rules", "rule_id"),
    "peak_projection": ("peak_projections", "projection_id"),
    "income_year": ("income_bands", "gni_year"),
    "error_rule": ("error_rules", "uncertainty_rule"),
}


def _is_positive(value: str) -> bool:
    try:
        return parse_number(value) > 0
    except FieldError:
        return False


def _is_share(value: str) -> bool:
    return _is_positive(value) and parse_number(value) <= 1


_SWITCH = {"True", "False"}.__contains__, "true or false"


def _is_plain(value: str) -> bool:
    # what is written otherwise, python_models/_models.yml would not pass on
    return re.fullmatch(r"[-\w.:/~+ ]+", value) is not None


def _is_scheduler(value: str) -> bool:
    # Dask would wait a minute to close a connection of another kind
    is_address = re.match(r"(tcp|tls|wss?|ucx)://\w", value)
    return _is_plain(value) and bool(is_address or Path(value).is_file())


def _is_url(value: str) -> bool:
    return _is_plain(value) and re.match(r"\w+://\w", value) is not None


# var -> what is right, and the words for it
OTHERS: dict[str, tuple[Callable[[str], bool], str]] = {
    "scenarios": (bool, "the path of a CSV file"),
    "receivers_share": (_is_share, "a share of the people, above 0 and up to 1"),
    "solver": (SOLVERS.__contains__, f"one of {', '.join(SOLVERS)}"),
    "scheduler": (
        _is_scheduler,
        "the address of a Dask scheduler, such as tcp://10.0.0.1:8786, or the path of"
        " its scheduler file",
    ),
    "shared": (
        _is_url,
        "the URL of a folder in object storage, such as s3://bucket/folder, without"
        " credentials",
    ),
    "memory_gb": (_is_positive, "GB of memory that a solve may take, above 0"),
    "leontief_inverse": _SWITCH,
    "analyses": _SWITCH,
    "quota_draws": _SWITCH,
    "by_origin": _SWITCH,
}
# every var there is; macros/known_vars.sql says the same to dbt
KNOWN = ("dataset", *CHOICES, *OTHERS)
Chosen = Mapping[str, str | None]


def check_variables(chosen: Chosen, known: Sequence[str]) -> None:
    """Refuse a var that is not known and a choice that there is not.

    Parameters
    ----------
    chosen
        Value by var, as text; None is no choice.
    known
        The vars that there are: ``macros/known_vars.sql``.

    Raises
    ------
    CarbonshedError
        With all that is wrong and what may be chosen. The file of `scenarios` is not
        looked at: see `load_scenarios`.
    """
    problems = []
    for name, value in chosen.items():
        if name not in known:
            problems.append(
                f"the var {name!r} is not known{suggestion(name, known)}; known:"
                f" {', '.join(known)}"
            )
        elif value is not None and (expected := _expected(name, value)):
            problems.append(f"the var {name} is {value!r}; expected {expected}")
    if problems:
        raise CarbonshedError("\n".join(problems))


def chosen_scenarios(name: str, path: str | None) -> Path | None:
    """Return the file of scenarios of a build, None without one.

    Parameters
    ----------
    name
        Name of the dataset.
    path
        The var `scenarios`, a path relative to the current folder; without it, the
        file that is kept with the dataset counts, if there is one.
    """
    if path:
        return Path(path)
    kept = kept_scenarios(name)
    return kept if kept.exists() else None


def load_scenarios(name: str, path: str | Path) -> list[ScenarioRow]:
    """Return the rows of a user's file of scenarios, checked.

    Parameters
    ----------
    name
        Name of the dataset that they are about.
    path
        The file, relative to the current folder.

    Raises
    ------
    CarbonshedError
        If the dataset is not there or anything is wrong with the file.
    """
    return read_scenarios(Path(path), load_vocabulary(name))


def load_vocabulary(name: str) -> Vocabulary:
    """Return what the scenarios of a dataset may name.

    Raises
    ------
    CarbonshedError
        If the dataset is not there, or a seed that lists what may be named.
    """
    return vocabulary_of(
        open_dataset(name),
        seed_ids("benchmarks", "benchmark_id"),
        seed_ids("caps", "cap_id"),
        is_built=(warehouse_dir() / f"{name}.duckdb").is_file(),
    )


def seed_ids(seed: str, column: str) -> tuple[str, ...]:
    """Return the distinct values of a column of a seed, in the order of its rows.

    Raises
    ------
    CarbonshedError
        If there is no such seed or it has no such column.
    """
    path = seeds_dir() / f"{seed}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CarbonshedError(f"{path}: the seed cannot be read: {error}") from None
    if not rows or column not in rows[0]:
        raise CarbonshedError(f"{path}: the seed has no column `{column}` with rows")
    return tuple(dict.fromkeys(row[column] for row in rows if row[column]))


def _expected(name: str, value: str) -> str | None:
    """Return what a var should be, None if it is."""
    if name in OTHERS:
        is_right, expected = OTHERS[name]
        return None if is_right(value) else expected
    if name not in CHOICES:
        return None
    seed, column = CHOICES[name]
    options = seed_ids(seed, column)
    if value in options:
        return None
    return f"one of {', '.join(options)} (`{column}` in seeds/{seed}.csv)"
