"""The dashboards of a dataset, as the file that Superset imports.

The files in ``assets/`` have Superset's export format and describe the
default dataset. Here they get another database, titles that mark data as estimated or
invented, and the query that follows from the parameters of a chart. Charts of marts
that are not published or have no rows are left out.
"""

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from carbonshed.names import DEFAULT_NAME
from carbonshed.report.colours import colour_of
from carbonshed.text import split_caveat, with_nouns

ASSETS = Path(__file__).parent / "assets"
DEFAULT = f"published/{DEFAULT_NAME}.duckdb"

# files of datasets and charts that apply only if a query has rows, or only if not
APPLICABLE_IF = {
    "refusal": "from marts.quota_summary where across_countries_note is not null",
    "headlines": "from marts.headlines where comparable",
    "incomes": "from marts.living_standards where premise = 'holds'",
}
# nouns of the report's colours, by the labels of bars, lines and points
NOUNS_OF_LABELS = {
    "Footprint, Mt": "footprint",
    "Footprint without imports, Mt": "footprint",
    "consumption footprint": "footprint",
    "household footprint": "households",
    "Emitted, Mt": "emitted there",
    "production emissions": "emitted there",
    "gdp": "income",
    "Enabled by earnings, Mt": "enabled by earnings",
    "Technology-adjusted footprint, Mt": "technology-adjusted footprint",
    "Emitted for purchases, Mt": "footprint",
    "Outside the table, for producers, Mt": "imports",
    "Outside the table, for final users, Mt": "direct",
    "Inside, Mt": "emitted there",
    "Elsewhere, for its own users, Mt": "footprint",
    "Elsewhere, passing through, Mt": "passing through",
    "Lower intensities, Mt": "producers",
    "Smaller demand, Mt": "consumers",
    "Emissions avoided, Mt": "avoided",
    "for final demand inside the table": "footprint",
    "by final users themselves": "direct",
    "for deliveries abroad": "exports",
    "attributed to nobody": "unattributed",
    "equality": "unknown",
}
# the texts that people read in an asset, below any key
_READ = ("slice_name", "sliceName", "description", "verbose_name", "subtitle")
_READ_IN_CHARTS = ("x_axis_title", "y_axis_title", "x_axis_label", "y_axis_label")
REGION = "region_name"  # the column of the filter that is first
_REGIONS = "region_accounts"  # the dataset that has them all

NOUNS = "region", "regions"  # any dataset's nouns, in the files
NO_CHANCE = "from marts.dataset where rank_note is not null"
INAPPLICABLE_IF = {
    "largest_quota": APPLICABLE_IF["refusal"],
    "rank_intervals": NO_CHANCE,
    "chances": NO_CHANCE,
}


def bundle(
    name: str,
    caveat: str | None,
    marts: Collection[str],
    inapplicable: Collection[str] = (),
    nouns: tuple[str, str] = NOUNS,
    labels: Mapping[str, str] | None = None,
) -> bytes:
    """Return the zip file with all dashboards of a dataset.

    Parameters
    ----------
    name
        Name of the dataset.
    caveat
        Its mark, synthetic data or compiled estimate, is in the titles of dashboards.
    marts
        The marts that have rows: a build may leave the analyses out, and a table
        without imports has no full scope.
    inapplicable
        Datasets and charts, by file, that do not apply to this dataset.
    nouns
        The words for one region of the dataset, and for several.
    labels
        The labels of marts' columns, which a column of that name has without its own.
    """
    assets = {
        path: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(ASSETS.rglob("*.yaml"))
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        chosen = answerable(assets, marts, inapplicable)
        for path, asset in chosen.items():
            if path.parent.name == "dashboards":
                _add_region_filter(asset, chosen.values(), nouns)
            for column in asset.get("columns", []):
                if label := (labels or {}).get(column["column_name"]):
                    column.setdefault("verbose_name", label)
            adapt(asset, name, caveat, nouns)
            member = Path("carbonshed") / path.relative_to(ASSETS)
            archive.writestr(str(member), yaml.safe_dump(asset, sort_keys=False))
    return packed.getvalue()


def marts_with_rows(published: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the marts of a publication that have rows for a chart.

    Tests of the build decide whether a mart may be empty.

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


def column_labels(published: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the labels of columns of Carbonshed's marts by name."""
    return dict(
        published.sql(
            'select distinct "column", label from marts.columns'
            " where mart_subject is not null"
        ).fetchall()
    )


def inapplicable_files(published: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the datasets and charts, by file, that do not apply to a publication.

    They show scenarios for other datasets, statements of a study of another one,
    incomes of no receivers, or chances where nobody knows the error.

    Parameters
    ----------
    published
        The published database.
    """

    def has_rows(rows: str) -> bool:
        return published.sql(f"select 1 {rows} limit 1").fetchone() is not None

    return {file for file, rows in APPLICABLE_IF.items() if not has_rows(rows)} | {
        file for file, rows in INAPPLICABLE_IF.items() if has_rows(rows)
    }


def answerable(
    assets: dict[Path, dict[str, Any]],
    marts: Collection[str],
    inapplicable: Collection[str] = (),
) -> dict[Path, dict[str, Any]]:
    """Return the assets without datasets of other marts and their charts.

    Inapplicable files are left out too. Dashboards lose these charts, and rows that
    become empty, in place.
    """
    removed = {
        asset["uuid"]
        for path, asset in assets.items()
        if set(re.findall(r"\bmarts\.(\w+)", asset.get("sql", ""))) - set(marts)
        or (path.stem in inapplicable and path.parent.name in ("datasets", "charts"))
    }
    removed |= {
        asset["uuid"]
        for asset in assets.values()
        if asset.get("dataset_uuid") in removed
    }
    for asset in assets.values():
        if "position" in asset:
            _remove_charts(asset["position"], removed)
    return {
        path: asset
        for path, asset in assets.items()
        if asset.get("uuid") not in removed
    }


def _remove_charts(position: dict[str, Any], removed: Collection[str]) -> None:
    """Remove charts from a dashboard, then the rows that become empty."""
    empty = {
        key
        for key, part in position.items()
        if isinstance(part, dict) and part.get("meta", {}).get("uuid") in removed
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


def adapt(
    asset: dict[str, Any],
    name: str,
    caveat: str | None,
    nouns: tuple[str, str] = NOUNS,
) -> None:
    """Adapt an asset of the default dataset to another one, in place."""
    _say_nouns(asset, nouns)
    if "sqlalchemy_uri" in asset:
        uri = asset["sqlalchemy_uri"]
        asset["sqlalchemy_uri"] = uri.replace(DEFAULT, f"published/{name}.duckdb")
        asset["database_name"] = f"Carbonshed: {name}"
    if "viz_type" in asset:
        asset["query_context"] = json.dumps(query_context(asset["params"]))
    if "metadata" in asset:
        asset["metadata"]["label_colors"] = {
            with_nouns(label, *nouns): colour_of(noun)
            for label, noun in NOUNS_OF_LABELS.items()
        }
    mark, _ = split_caveat(caveat or "")
    if mark and "dashboard_title" in asset:
        asset["dashboard_title"] = f"[{mark}] {asset['dashboard_title']}"


def _say_nouns(part: Any, nouns: tuple[str, str]) -> None:
    """Put the dataset's nouns into all that people read of an asset, in place."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, dict | list):
            _say_nouns(value, nouns)
        elif isinstance(value, str) and key in (*_READ, *_READ_IN_CHARTS):
            part[key] = with_nouns(value, *nouns)


def _add_region_filter(
    board: dict[str, Any], assets: Collection[dict[str, Any]], nouns: tuple[str, str]
) -> None:
    """Put a filter by region before the others of a dashboard that has regions.

    Charts without regions, such as totals, keep all of them.
    """
    by_uuid = {asset["uuid"]: asset for asset in assets if "uuid" in asset}
    parts = [part for part in board["position"].values() if isinstance(part, dict)]
    charts = [part["meta"] for part in parts if part.get("type") == "CHART"]
    excluded = [
        chart["chartId"]
        for chart in charts
        if not _has_regions(by_uuid[chart["uuid"]], by_uuid)
    ]
    if len(excluded) == len(charts):
        return
    (regions,) = (
        asset["uuid"] for asset in assets if asset.get("table_name") == _REGIONS
    )
    filters = board["metadata"]["native_filter_configuration"]
    usual = next(entry for entry in filters if entry["id"] == "NATIVE_FILTER-year")
    filters.insert(
        0,
        usual
        | {
            "id": f"NATIVE_FILTER-{REGION}",
            "name": nouns[0].capitalize(),
            "targets": [{"datasetUuid": regions, "column": {"name": REGION}}],
            "controlValues": usual["controlValues"]
            | {
                "defaultToFirstItem": False,
                "enableEmptyFilter": False,
                "multiSelect": True,
                "sortAscending": True,
            },
            "scope": {"rootPath": ["ROOT_ID"], "excluded": excluded},
        },
    )


def _has_regions(chart: dict[str, Any], by_uuid: dict[str, dict[str, Any]]) -> bool:
    """Return whether a chart has a mark or a row for each region, or for its flows."""
    if chart["viz_type"].startswith("big_number"):
        return False
    dataset = by_uuid[chart["dataset_uuid"]]
    columns = [column["column_name"] for column in dataset["columns"]]
    return REGION in columns or f"filter_values('{REGION}')" in dataset["sql"]


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
        "orderby": [json.loads(order) for order in params.get("order_by_cols", [])],
    }
    if largest := params.get("timeseries_limit_metric"):
        query["orderby"] = [[largest, not params.get("order_desc", True)]]
    if conditions := [
        f"({condition['sqlExpression']})" for condition in params["adhoc_filters"]
    ]:
        query["extras"] = {"where": " and ".join(conditions)}
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
