"""The dashboards of a dataset, as the file that Superset imports.

What lies in ``assets/`` is Superset's own export format, for the dataset
``synthetic``. Here the database becomes another's, titles of invented data say so,
charts get the query that their parameters mean, and what asks a mart that is not
published, or has no rows, is left out.
"""

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import duckdb
import yaml

ASSETS = Path(__file__).parent / "assets"
DEFAULT = "published/synthetic.duckdb"

# datasets and charts, by file, that say something only where these rows are, or only
# where they are not
ONLY_WHERE = {
    "refusal": "from marts.quota_summary where across_countries_note is not null",
    "headlines": "from marts.headlines where comparable",
}
NOT_WHERE = {"largest_quota": ONLY_WHERE["refusal"]}


def bundle(
    name: str,
    caveat: str | None,
    marts: Collection[str],
    pointless: Collection[str] = (),
) -> bytes:
    """Return the zip file with all dashboards of a dataset.

    Parameters
    ----------
    name
        Name of the dataset.
    caveat
        What titles of dashboards are marked with: synthetic data, compiled estimate.
    marts
        The marts that have rows: a build may leave the analyses out, and a table
        without imports has no full scope.
    pointless
        Datasets and charts, by file, that say nothing of this dataset.
    """
    assets = {
        path: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(ASSETS.rglob("*.yaml"))
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, asset in answerable(assets, marts, pointless).items():
            fit(asset, name, caveat)
            place = Path("carbonshed") / path.relative_to(ASSETS)
            archive.writestr(str(place), yaml.safe_dump(asset, sort_keys=False))
    return packed.getvalue()


def marts_with_rows(published: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the marts of a publication that a chart can ask.

    Whether one may be without rows is for the tests of the build.

    Parameters
    ----------
    published
        The published database.
    """
    named = published.sql(
        "select table_name from duckdb_tables()"
        " where schema_name = 'marts' and estimated_size > 0"
    )
    return {mart for (mart,) in named.fetchall()}


def pointless(published: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the datasets and charts, by file, that say nothing of this dataset.

    Scenarios that are not meant for it, and statements of a study that is of another.

    Parameters
    ----------
    published
        The published database.
    """

    def has_rows(rows: str) -> bool:
        return published.sql(f"select 1 {rows} limit 1").fetchone() is not None

    return {file for file, rows in ONLY_WHERE.items() if not has_rows(rows)} | {
        file for file, rows in NOT_WHERE.items() if has_rows(rows)
    }


def answerable(
    assets: dict[Path, dict[str, Any]],
    marts: Collection[str],
    pointless: Collection[str] = (),
) -> dict[Path, dict[str, Any]]:
    """Return the assets less datasets that ask another mart, with their charts.

    And less what is pointless. Dashboards lose the charts, and the rows in which
    nothing else stands, in place.
    """
    gone = {
        asset["uuid"]
        for path, asset in assets.items()
        if set(re.findall(r"\bmarts\.(\w+)", asset.get("sql", ""))) - set(marts)
        or (path.stem in pointless and path.parent.name in ("datasets", "charts"))
    }
    gone |= {
        asset["uuid"] for asset in assets.values() if asset.get("dataset_uuid") in gone
    }
    for asset in assets.values():
        if "position" in asset:
            _take_out(asset["position"], gone)
    return {
        path: asset for path, asset in assets.items() if asset.get("uuid") not in gone
    }


def _take_out(position: dict[str, Any], gone: Collection[str]) -> None:
    """Take charts out of a dashboard, then what they leave empty."""
    empty = {
        key
        for key, part in position.items()
        if isinstance(part, dict) and part.get("meta", {}).get("uuid") in gone
    }
    while empty:
        for key in empty:
            del position[key]
        parts = {key: part for key, part in position.items() if isinstance(part, dict)}
        for part in parts.values():
            if "children" in part:
                part["children"] = [key for key in part["children"] if key not in empty]
        empty = {
            key
            for key, part in parts.items()
            if part["type"] == "ROW" and not part["children"]
        }


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
