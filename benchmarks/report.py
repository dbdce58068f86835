"""The benchmark's page."""

from typing import Any

TEMPLATE = """\
# Benchmarks

Written by `make bench`; the whole comparison is one run on one table.

- Machine: {machine}
- Table: dataset `{dataset}`

| program | what it does | seconds | peak memory, GB |
|---|---|---|---|
{rows}

- Our whole build takes {build_ratio:.2f} of pymrio's time and {memory_ratio:.2f} of its
  memory. It also makes what pymrio does not: flows between all regions, rankings,
  inequality, leakage, and {tests} tests of the results.
- Our solve takes {solve_ratio:.2f} times what SciPy's LU and solves take alone; the
  rest is coefficients, the check of the spectral radius before, chains within
  regions, and the residual after.

Reading the table is not counted for pymrio and SciPy; it is for our build.

## Where the build spends its time

| part | seconds |
|---|---|
{parts}
"""

NAMES = {
    "bare": "SciPy: LU in place, solves for all demands, nothing checked",
    "carbonshed": "our solve: the same with its checks",
    "pymrio": "pymrio: `calc_system` + `calc_extensions`, 2 stressors",
    "build": "`dbt build`: from ingested Parquet to tested marts",
}


def render(
    runs: dict[str, Any], results: dict[str, Any], dataset: str, machine: str
) -> str:
    """Return the page in Markdown.

    Parameters
    ----------
    runs : dict of Measured
        By the names of `NAMES`.
    results : dict
        dbt's ``run_results.json`` of the measured build.
    dataset, machine : str
    """
    rows = []
    for name, label in NAMES.items():
        run = runs[name]
        steps = " + ".join(f"{seconds:.1f}" for seconds in run.steps.values())
        shown = f"{run.wall:.1f}" + (f" ({steps})" if len(run.steps) > 1 else "")
        rows.append(f"| {name} | {label} | {shown} | {run.peak_gb:.2f} |")
    nodes = results["results"]
    tests = sum(node["unique_id"].startswith(("test.", "unit_test.")) for node in nodes)
    return TEMPLATE.format(
        machine=machine,
        dataset=dataset,
        rows="\n".join(rows),
        build_ratio=runs["build"].wall / runs["pymrio"].wall,
        memory_ratio=runs["build"].peak_gb / runs["pymrio"].peak_gb,
        solve_ratio=runs["carbonshed"].wall / runs["bare"].wall,
        tests=tests,
        parts="\n".join(_parts(nodes, runs["build"].wall)),
    )


def _parts(nodes: list[dict[str, Any]], wall: float) -> list[str]:
    """Seconds by kind of node, slowest models by name."""
    models = {
        node["unique_id"].split(".")[2]: node["execution_time"]
        for node in nodes
        if node["unique_id"].startswith("model.")
    }
    tests = sum(
        node["execution_time"]
        for node in nodes
        if node["unique_id"].startswith(("test.", "unit_test."))
    )
    slowest = sorted(models, key=models.get, reverse=True)[:10]
    rows = [f"| model `{name}` | {models[name]:.1f} |" for name in slowest]
    others = sum(models.values()) - sum(models[name] for name in slowest)
    everything = sum(node["execution_time"] for node in nodes)
    return [
        *rows,
        f"| all other models | {others:.1f} |",
        f"| tests | {tests:.1f} |",
        f"| dbt itself (start, parsing, hooks) | {wall - everything:.1f} |",
    ]
