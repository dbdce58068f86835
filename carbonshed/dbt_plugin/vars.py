"""The vars of ``dbt build --vars``, declared once: names, types, defaults and help.

Choices among rows of seeds are looked up in the CSV files: they are checked before
anything is built, and so before the seeds are loaded.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from carbonshed.errors import CarbonshedError
from carbonshed.names import DEFAULT_NAME
from carbonshed.paths import (
    OWN_NAME,
    PROJECT_FILE,
    is_own_project,
    project_root,
    seed_ids,
    settings_of,
)
from carbonshed.solve.memory_plan import SOLVERS, Solver
from carbonshed.text import suggestion

if TYPE_CHECKING:
    import duckdb

Texts = Mapping[str, str | None]  # value of a var by its name; None is no choice
DATASET_VARIABLE = "CARBONSHED_DATASET"  # an environment variable


def _expect(
    is_valid: Callable[[str], object],
    expected: str,
    convert: Callable[[str], object] = str,
) -> BeforeValidator:
    """Convert a text if it is valid; the message of a refusal is what was expected."""

    def check(text: str) -> object:
        if not is_valid(text):
            raise ValueError(expected)
        return convert(text)

    return BeforeValidator(check)


def _seed(seed: str, column: str) -> BeforeValidator:
    """Refuse a text that is no value of a column of a seed."""

    def check(text: str) -> str:
        options = seed_ids(seed, column)
        if text not in options:
            raise ValueError(
                f"one of {', '.join(options)} (`{column}` in seeds/{seed}.csv)"
            )
        return text

    return BeforeValidator(check)


def _number(text: str) -> float:
    from carbonshed.dataset.fields import parse_number  # with which comes DuckDB

    return parse_number(text)


def _is_positive(text: str) -> bool:
    try:
        return _number(text) > 0
    except ValueError:
        return False


def _is_share(text: str) -> bool:
    return _is_positive(text) and _number(text) <= 1


def _is_part(text: str) -> bool:
    try:
        return 0 <= _number(text) < 1
    except ValueError:
        return False


def _is_scheduler(text: str) -> bool:
    # Dask would wait a minute to close a connection of another kind
    is_address = re.fullmatch(r"(tcp|tls|wss?|ucx)://\w[-\w.:/~+ ]*", text)
    return bool(is_address or Path(text).is_file())


def _is_url(text: str) -> bool:
    return re.fullmatch(r"\w+://\w[-\w.:/~+ ]*", text) is not None


_Switch = Annotated[bool, _expect({"True", "False"}.__contains__, "true or false")]


class BuildVars(BaseModel):
    """The vars of a build; None is the choice of the seeds or of the solver."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str = Field(DEFAULT_NAME, description="The dataset to build.")
    super_emitter_rule: Annotated[
        str | None, _seed("super_emitter_rules", "rule_id")
    ] = Field(
        None,
        description="Rule of super-emitters, of seeds/super_emitter_rules.csv.",
    )
    peak_projection: Annotated[
        str | None, _seed("peak_projections", "projection_id")
    ] = Field(
        None,
        description="Projection of the peak, of seeds/peak_projections.csv.",
    )
    income_year: Annotated[str | None, _seed("income_bands", "gni_year")] = Field(
        None,
        description="Year of the income bands, `gni_year` of seeds/income_bands.csv.",
    )
    scenarios: Annotated[str | None, _expect(bool, "the path of a CSV file")] = Field(
        None,
        description="CSV file of scenarios; by default data/NAME/scenarios.csv.",
    )
    receivers_share: Annotated[
        float | None,
        _expect(_is_share, "a share of the people, above 0 and up to 1", _number),
    ] = Field(
        None,
        description="Share of the people that receives the quota, up to 1.",
    )
    solver: Annotated[
        str | None, _expect(SOLVERS.__contains__, f"one of {', '.join(SOLVERS)}")
    ] = Field(None, description=f"How years are solved: {', '.join(SOLVERS)}.")
    memory_gb: Annotated[
        float | None,
        _expect(_is_positive, "GB of memory that a solve may take, above 0", _number),
    ] = Field(None, description="Memory that a solve may take, GB.")
    scheduler: Annotated[
        str | None,
        _expect(
            _is_scheduler,
            "the address of a Dask scheduler, such as tcp://10.0.0.1:8786, or the path"
            " of its scheduler file",
        ),
    ] = Field(None, description="Address or file of the Dask scheduler.")
    shared: Annotated[
        str | None,
        _expect(
            _is_url,
            "the URL of a folder in object storage, such as s3://bucket/folder, without"
            " credentials",
        ),
    ] = Field(None, description="URL of a folder that the workers of a cluster share.")
    leontief_inverse: _Switch = Field(
        False, description="Whether to store the Leontief inverse."
    )
    analyses: _Switch = Field(
        True,
        description="Whether to build uncertainty, imports, supply chains, linkages,"
        " responsibility and three scopes.",
    )
    link_cutoff: Annotated[
        float,
        _expect(_is_share, "a share of emissions, above 0 and up to 1", _number),
    ] = Field(
        0.001,
        description="Smallest share of a buyer's emissions for which a link is kept.",
    )
    path_cutoff: Annotated[
        float,
        _expect(_is_share, "a share of a footprint, above 0 and up to 1", _number),
    ] = Field(
        0.001,
        description="Smallest share of a footprint for which a supply path is listed.",
    )
    smallest_share: Annotated[
        float,
        _expect(_is_part, "a share of a footprint, 0 or more and below 1", _number),
    ] = Field(
        0.0,
        description="Share of a footprint below which rows of other regions, by"
        " product and by sector of origin, are summed into the region OTHER.",
    )
    error_rule: Annotated[str | None, _seed("error_rules", "uncertainty_rule")] = Field(
        None,
        description="Rule of errors, `uncertainty_rule` of seeds/error_rules.csv.",
    )
    by_origin: _Switch = Field(
        False, description="Whether to store intensities by region of origin."
    )
    extraction: _Switch = Field(
        False, description="Whether to extract each region and each sector."
    )
    shared_by_value_added: _Switch = Field(
        False, description="Whether to share emissions along chains by value added."
    )
    technology_split: _Switch = Field(
        False,
        description="Whether to split changes of technology into use and sourcing of"
        " inputs.",
    )
    exported_value_added: _Switch = Field(
        False, description="Whether to trace the value added in exports of each region."
    )
    capital: _Switch = Field(
        False, description="Whether to treat capital that producers use up as an input."
    )


def check_variables(texts: Texts) -> BuildVars:
    """Return the vars of a build with their types and defaults.

    Unknown names and values are refused, all of them at once, with the options. The
    file of `scenarios` is not opened.
    """
    choices = {
        name: text
        for name, text in texts.items()
        if text is not None or name not in BuildVars.model_fields
    }
    try:
        variables = BuildVars.model_validate(choices)
    except ValidationError as error:
        raise CarbonshedError("\n".join(_problems(error))) from None
    if variables.path_cutoff < variables.link_cutoff:
        raise CarbonshedError(
            f"the var path_cutoff is {variables.path_cutoff:g}; expected"
            f" {variables.link_cutoff:g}, the var link_cutoff, or more: a path is"
            " followed along links that are kept, and smaller ones would be missing"
            " without a word. Set link_cutoff as low as path_cutoff"
        )
    return variables


def of_carbonshed(texts: Texts) -> Texts:
    """Return the vars of a run that Carbonshed must know.

    A project that has it as a package has vars of its own, too: one that is not near to
    a name of ours is none of these. What dbt_project.yml sets and nobody would read is
    one: dbt ignores it.

    Parameters
    ----------
    texts
        The vars that were given, and those of ours that dbt_project.yml sets.
    """
    root = project_root()
    names = list(BuildVars.model_fields)
    declared = _mapping(settings_of(root / PROJECT_FILE).get("vars"))
    ours = _mapping(declared.get(OWN_NAME))
    unread = {
        name: None
        for name, value in declared.items()
        if not isinstance(value, Mapping)  # which has the vars of a package
    }
    chosen = {str(name): text for name, text in (unread | dict(texts)).items()}
    if not is_own_project(root):
        chosen = {
            name: text
            for name, text in chosen.items()
            if name in names or suggestion(name, names)
        }
    return {str(name): None for name in ours} | chosen


def texts_of(values: Mapping[str, object]) -> Texts:
    """Return vars as texts."""
    return {
        str(name): None if value is None else str(value)
        for name, value in values.items()
    }


def own_vars(text: str, ours: Texts) -> dict[str, object]:
    """Return the vars of a run that are not Carbonshed's, with their types.

    `text` has all that were given, as YAML.
    """
    import yaml

    return {
        str(name): value
        for name, value in (yaml.safe_load(text) or {}).items()
        if str(name) not in ours
    }


def _mapping(value: object) -> Mapping[str, object]:
    """Return a value of a project file that should be a mapping, else none."""
    return value if isinstance(value, Mapping) else {}


def _problems(error: ValidationError) -> Iterator[str]:
    names = list(BuildVars.model_fields)
    for problem in error.errors():
        name = str(problem["loc"][0])
        if name not in names:
            yield (
                f"the var {name!r} is not known{suggestion(name, names)}; known:"
                f" {', '.join(names)}"
            )
        else:
            expected = problem["ctx"]["error"]
            yield f"the var {name} is {problem['input']!r}; expected {expected}"


def solver_of(variables: BuildVars) -> Solver:
    """Return the solver that vars choose."""
    return Solver.of(
        variables.solver, variables.memory_gb, variables.scheduler, variables.shared
    )


def dataset_of(texts: Texts) -> str:
    """Return the dataset of a build: of the var, the environment or the default."""
    if "dataset" in texts:
        return str(texts["dataset"])
    return os.environ.get(DATASET_VARIABLE, DEFAULT_NAME)


def changed_choices(texts: Texts) -> dict[str, str]:
    """Return the vars that differ from their defaults, but for the dataset."""
    variables = check_variables(texts)
    return {
        name: texts[name]
        for name, field in BuildVars.model_fields.items()
        if name != "dataset" and getattr(variables, name) != field.default
    }


def is_full_refresh() -> bool:
    """Return whether the run of dbt is to make anew what was made before."""
    from dbt.flags import get_flags  # which most readers of vars go without

    return bool(getattr(get_flags(), "FULL_REFRESH", False))


def vars_of_run(session: "duckdb.DuckDBPyConnection") -> BuildVars:
    """Return the vars of the run that a Python model of dbt belongs to."""
    (content,) = session.sql("select carbonshed_vars()").fetchone()
    return BuildVars.model_construct(**json.loads(content))  # checked before the run
