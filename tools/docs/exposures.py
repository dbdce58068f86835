"""Render who reads the marts, so that dbt knows what a change of a column reaches."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from carbonshed.paths import project_root
from carbonshed.publish.scenario_inputs import ANSWERS, PRICE_ANSWERS
from carbonshed.report import context, levers, map_ground, queries
from carbonshed.report.described import PAGES as MODULES
from carbonshed.report.described import Described, read_table
from carbonshed.report.pages import PAGES
from carbonshed.report.queries import marts_in, query_text

HEAD = """\
# Who reads the marts: pages of the report, what-if and dashboards, each without and
# with the analyses. Written from their queries by `make docs`; do not edit it by hand.
exposures:
"""
REPORT = Path("carbonshed/report/queries")
WHAT_IF = Path("carbonshed/whatif")
SUPERSET = Path("bi/superset/assets")
_ANALYSIS = re.compile(r"enabled=is_chosen\('analyses'\)")
_ON_REQUEST = re.compile(_ANALYSIS.pattern + r" and is_chosen\(")
_ENABLED = "{{ var('analyses') | string == 'True' }}"


def render(manifest: dict[str, Any]) -> str:
    """Return the exposures of the project, as yml."""
    # without a var of its own a mart on request is disabled, whoever reads it
    nodes = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if not _ON_REQUEST.search(node["raw_code"])
    }
    analyses = {
        name for name, node in nodes.items() if _ANALYSIS.search(node["raw_code"])
    }
    readers = [*_pages(), _what_if(), *_dashboards()]
    return HEAD + "".join(
        _exposure(name, label, description, marts, is_of_analyses)
        for name, label, description, read in readers
        # the table `publication` is written after dbt
        for is_of_analyses, marts in (
            (False, read & nodes.keys() - analyses),
            (True, read & analyses),
        )
        if marts
    )


def _exposure(
    name: str, label: str, description: str, marts: set[str], is_of_analyses: bool
) -> str:
    entry = {
        "name": f"{name}_analyses" if is_of_analyses else name,
        "label": f"{label}, analyses" if is_of_analyses else label,
        "type": "application" if name.startswith("what_if") else "dashboard",
        "maturity": "high" if name.startswith("report") else "medium",
        "owner": {"name": "Carbonshed"},
        "description": description,
        "depends_on": [f"ref('{mart}')" for mart in sorted(marts)],
    }
    if is_of_analyses:
        entry["config"] = {"enabled": _ENABLED, "tags": ["analyses"]}
    text = yaml.safe_dump([entry], sort_keys=False, width=96, default_flow_style=None)
    return "".join(f"  {line}\n" for line in text.splitlines())


def _pages() -> Iterator[tuple[str, str, str, set[str]]]:
    everywhere = set().union(*map(queries_of, (map_ground, context, queries)))
    for page, module in PAGES.items():
        asked = queries_of(module) | everywhere
        if page == "whatif":
            asked |= queries_of(levers)
        marts = {mart for query in asked for mart in marts_in(query_text(query))}
        label = f"Report: {module.TITLE[:1].lower()}{module.TITLE[1:]}"
        about = _module_of(module).__doc__.partition("\n")[0]
        yield f"report_{page}", label, about, marts


def _module_of(page: ModuleType | Described) -> ModuleType:
    return page.module if isinstance(page, Described) else page


def queries_of(page: ModuleType | Described) -> set[str]:
    """Return the queries that a page names: its modules, and its file of yml."""
    module = _module_of(page)
    texts = _texts_in(module)
    if isinstance(page, Described):
        # its charts may be in modules beside it
        for part in vars(module).values():
            home = getattr(part, "__module__", None) or ""
            if home.startswith(MODULES):
                texts |= _texts_in(import_module(home))
        yml = files(MODULES).joinpath(f"{page.id}.yml").read_text("utf-8")
        names = {*re.findall(r"\w+/\w+", yml)}
        texts |= names
        texts |= {read_table(name).query for name in names if _has_table(name)}
    return texts & query_names()


def _has_table(name: str) -> bool:
    return files(queries).joinpath(f"{name}.yml").is_file()


def _texts_in(module: ModuleType) -> set[str]:
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def query_names() -> set[str]:
    """Return the queries of the report, each by its folder and name."""
    files = (project_root() / REPORT).glob("*/*.sql")
    return {f"{file.parent.name}/{file.stem}" for file in files}


def _what_if() -> tuple[str, str, str, set[str]]:
    files = (project_root() / WHAT_IF).glob("*.py")
    texts = [file.read_text("utf-8") for file in files]
    read = set(re.findall(r"\.published\('(\w+)'\)", "\n".join(texts)))
    description = "Answers to scenarios and prices of one's own."
    label = "What-if: scenarios and prices"
    return "what_if", label, description, {*ANSWERS, *PRICE_ANSWERS} | read


def _dashboards() -> Iterator[tuple[str, str, str, set[str]]]:
    assets = {
        path: yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for path in sorted((project_root() / SUPERSET).glob("*/*.yaml"))
    }
    by_uuid = {asset["uuid"]: asset for asset in assets.values()}
    (cases,) = (asset for path, asset in assets.items() if path.stem == "cases")
    for path, board in assets.items():
        if path.parent.name == "dashboards":
            parts = [part for part in board["position"].values() if type(part) is dict]
            charts = [by_uuid.get(part.get("meta", {}).get("uuid")) for part in parts]
            shown = [by_uuid[chart["dataset_uuid"]] for chart in charts if chart]
            sql = "\n".join(dataset["sql"] for dataset in (*shown, cases))
            title = board["dashboard_title"]
            label = f"Superset: {title[:1].lower()}{title[1:]}"
            marts = set(re.findall(r"\bmarts\.(\w+)", sql))
            yield f"superset_{path.stem}", label, board["description"], marts
