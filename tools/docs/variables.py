"""Render the vars of a build as one Markdown page."""

from collections.abc import Iterator

from carbonshed.dbt_plugin.vars import BuildVars

HEAD = """\
# Vars of a build

Every var of `dbt build --vars`. Written from `carbonshed/dbt_plugin/vars.py` by
`make docs`; do not edit it by hand. A var without a default leaves the choice to the
seeds, or to the solver.

| var | type | default | meaning |
|---|---|---|---|
"""
TYPES = {bool: "true or false", float | None: "number"}


def render() -> str:
    """Return the page."""
    return HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    for name, field in BuildVars.model_fields.items():
        kind = TYPES.get(field.annotation, "text")
        default = "" if field.default is None else f"`{str(field.default).lower()}`"
        yield f"| `{name}` | {kind} | {default} | {field.description} |"
