"""The options of ``carbonshed ingest``, and which of them a format takes."""

from dataclasses import dataclass, fields
from pathlib import Path

from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.fields import FIRST_YEAR, LAST_YEAR
from carbonshed.errors import CarbonshedError
from carbonshed.readers.format import Format, flag_of
from carbonshed.text import listing


@dataclass(frozen=True)
class IngestOptions:
    """The options of one ingest; None and empty mean "not given"."""

    name: str  # the dataset
    year: int | None = None  # the table's, where the source does not say it
    # further files: emissions, the sectors of the table that they have, labels, and
    # population and GDP
    emissions: Path | None = None
    concordance: Path | None = None
    regions: Path | None = None
    sectors: Path | None = None
    indicators: Path | None = None
    stressors: tuple[str, ...] = ()  # those to take, by their names in the source
    map: Path | None = None  # a YAML file that says where the blocks of the source are
    assumptions: Path | None = None  # a folder with tables such as relative_errors.csv
    unit: float | None = None  # the currency units that one number is worth
    emissions_unit: str | None = None  # t, kt, Mt, Gt or kg
    accept: frozenset[str] = frozenset()  # names of checks that the user waives

    def given(self) -> list[str]:
        """Return the names of all options that are given, except `name`."""
        return [
            field.name
            for field in fields(self)
            if field.name != "name" and getattr(self, field.name) not in _NOT_GIVEN
        ]


_NOT_GIVEN = (None, (), frozenset())
_FILES = ("emissions", "concordance", "regions", "sectors", "indicators", "map")


def check_options(form: Format, options: IngestOptions) -> None:
    """Refuse options that a format does not take, and a missing one that it needs."""
    options_given = options.given()
    options_taken = [option for option, _ in (*form.needs, *form.all_takes)]
    if form.accepts:
        options_taken.append("accept")
    for option in options_given:
        if option not in options_taken:
            listed = listing(map(flag_of, options_taken), empty="no option but --name")
            raise CarbonshedError(
                f"{form.name} does not take {flag_of(option)}; it takes {listed}"
            )
    words = [word for word, _ in form.accepts]
    for word in sorted(options.accept):
        if word not in words:
            raise CarbonshedError(
                f"--accept {word} is not a check of {form.name}; expected one of "
                f"{listing(words)}"
            )
    for option, reason in form.needs:
        if option not in options_given:
            raise CarbonshedError(f"{form.name} needs {flag_of(option)}: {reason}")
    _check_values(options)
    for option in _FILES:
        path = getattr(options, option)
        if path is not None and not path.is_file():
            state = "is a folder" if path.is_dir() else "no such file"
            raise CarbonshedError(f"{path}: {state} ({flag_of(option)})")


def _check_values(options: IngestOptions) -> None:
    year, unit, mass = options.year, options.unit, options.emissions_unit
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise CarbonshedError(f"--year is {year}; expected {FIRST_YEAR} to {LAST_YEAR}")
    if unit is not None and not 1e-15 <= unit <= 1e18:
        raise CarbonshedError(
            f"--unit is {unit:g}; expected a number from 1e-15 to 1e+18"
        )
    if mass is not None and mass not in TONNES_PER_UNIT:
        raise CarbonshedError(
            f"--emissions-unit is {mass!r}; expected one of {listing(TONNES_PER_UNIT)}"
        )
