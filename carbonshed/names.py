"""Names that a dataset may have."""

import re
from collections.abc import Collection
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, suggestion

SYNTHETIC_NAME = "synthetic"
NATION_NAME, STATES_NAME = "usa_2016", "usa_states"
NATION_YEARS_NAME, STATES_YEARS_NAME = "usa_2012_2016", "usa_states_years"
DEFAULT_NAME = STATES_NAME  # the dataset that is built without a choice
# datasets that the project makes of figures that it ships; the last are the variants
SHIPPED_NAMES = (
    NATION_NAME,
    STATES_NAME,
    NATION_YEARS_NAME,
    STATES_YEARS_NAME,
    *(f"{STATES_NAME}-{variant}" for variant in ("low", "high", "near", "far")),
)

# a build makes each where it is missing, by this function of its name and of progress
MAKERS = dict.fromkeys(SHIPPED_NAMES, "carbonshed.usa_states:make_shipped") | {
    SYNTHETIC_NAME: "carbonshed.synthetic:make_shipped"
}
MADE_NAMES = tuple(MAKERS)

_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,62}")
# catalogues of DuckDB itself: it does not open a database file of that name
_CATALOGUES = frozenset({"main", "temp", "system"})
# `dbt build --vars 'dataset: NAME'` is YAML, where these are not strings
_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null"})


def validate_name(name: str) -> str:
    """Return `name` if a dataset may have it.

    Raises
    ------
    CarbonshedError
        If the name does not match ``[a-z][a-z0-9_-]{0,62}`` or is reserved.
    """
    if not isinstance(name, str) or not _PATTERN.fullmatch(name):
        raise CarbonshedError(
            f"dataset name {name!r} is not allowed; expected a lower-case letter, "
            "then up to 62 lower-case letters, digits, '_' or '-'"
        )
    if name in _CATALOGUES:
        raise CarbonshedError(
            f"dataset name {name!r} is reserved: DuckDB uses it for a catalogue of "
            "its own; choose another name"
        )
    if name in _YAML_WORDS:
        raise CarbonshedError(
            f"dataset name {name!r} is reserved: YAML reads it as a value and not as "
            "a word, so `dbt build --vars 'dataset: ...'` would not find it; choose "
            "another name"
        )
    return name


def is_name(name: str) -> bool:
    """Return whether a dataset may have this name."""
    try:
        validate_name(name)
    except CarbonshedError:
        return False
    return True


def no_dataset(name: str, names: Collection[str], folder: Path) -> str:
    """Return that there is no dataset of a name, what was meant, and what makes it.

    `names` are the datasets that are in the folder of all datasets.
    """
    missing = f"there is no dataset {name!r} in {folder}"
    if name in MADE_NAMES:
        return f"{missing} yet: `carbonshed build {name}` makes it"
    here = f"datasets here: {listing(names)}" if names else "there is none yet"
    others = [other for other in MADE_NAMES if other not in names]
    made = f"; made when they are built: {listing(others)}" if others else ""
    return (
        f"{missing}{suggestion(name, {*names, *MADE_NAMES})}; {here}{made}"
        f" (`carbonshed ingest tidy FOLDER --name {name}` makes it of your tables)"
    )


def validate_new_name(name: str) -> str:
    """Return `name` if a user's dataset may have it.

    Raises
    ------
    CarbonshedError
        As `validate_name`, and for the names of datasets that the project makes.
    """
    if name == SYNTHETIC_NAME:
        raise CarbonshedError(
            f"dataset name {name!r} is reserved for the invented economy, which only "
            "`carbonshed synthesize` writes; choose another name"
        )
    if name in SHIPPED_NAMES:
        raise CarbonshedError(
            f"dataset name {name!r} is reserved for the states of the USA, which "
            f"`dbt build --vars 'dataset: {name}'` makes of the figures that "
            "Carbonshed ships; choose another name"
        )
    return validate_name(name)
