"""The dashboards of a dataset, as the file that Superset imports.

What lies in ``assets/`` is Superset's own export format, for the dataset
``synthetic``. Here the database becomes another's, titles of invented data say so,
and charts get the query that their parameters mean.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ASSETS = Path(__file__).parent / "assets"
DEFAULT = "published/synthetic.duckdb"


def bundle(name: str, caveat: str | None) -> bytes:
    """Return the zip file with all dashboards of a dataset.

    Parameters
    ----------
    name
        Name of the dataset.
    caveat
        What titles of dashboards are marked with: synthetic data, compiled estimate.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(ASSETS.rglob("*.yaml")):
            asset = yaml.safe_load(path.read_text(encoding="utf-8"))
            fit(asset, name, caveat)
            place = Path("carbonshed") / path.relative_to(ASSETS)
            archive.writestr(str(place), yaml.safe_dump(asset, sort_keys=False))
    return packed.getvalue()


def fit(asset: dict[str, Any], name: str, caveat: str | None) -> None:
    """Make what is shipped for the default dataset one of another, in place."""
    if "sqlalchemy_uri" in asset:
        uri = asset["sqlalchemy_uri"]
        asset["sqlalchemy_uri"] = uri.replace(DEFAULT, f"published/{name}.duckdb")
        asset["database_name"] = f"Carbonshed: {name}"
    if "viz_type" in asset:
        asset["query_context"] = json.dumps(query_context(asset["params"]))
    if caveat and "dashboard_title" in asset:
        asset["dashboard_title"] = f"[{caveat}] {asset['dashboard_title']}"


def query_context(params: dict[str, Any]) -> dict[str, Any]:
    """Return the query of a chart, as its editor would save it.

    Parameters
    ----------
    params
        The parameters of the chart.
    """
    query: dict[str, Any] = {
        "columns": list(dict.fromkeys(_columns(params))),
        "metrics": list(dict.fromkeys(_metrics(params))),
        "filters": [],
        "row_limit": params.get("row_limit", 1000),
        "orderby": [json.loads(each) for each in params.get("order_by_cols", [])],
    }
    if largest := params.get("timeseries_limit_metric"):
        query["orderby"] = [[largest, not params.get("order_desc", True)]]
    if chosen := [f"({each['sqlExpression']})" for each in params["adhoc_filters"]]:
        query["extras"] = {"where": " and ".join(chosen)}
    if params.get("query_mode") == "raw":
        del query["metrics"]
    return {
        "datasource": {"id": 0, "type": "table"},  # the import puts its own
        "force": False,
        "form_data": params,
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
    }


def _columns(params: dict[str, Any]) -> Iterator[str]:
    for key in ("x_axis", "source", "target", "entity", "series"):
        if params.get(key):
            yield params[key]
    for key in ("all_columns", "groupby", "columns"):
        yield from params.get(key, [])


def _metrics(params: dict[str, Any]) -> Iterator[str]:
    yield from params.get("metrics", [])
    for key in ("metric", "x", "y", "size"):
        if params.get(key):
            yield params[key]
