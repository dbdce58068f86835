"""Draws of the quota for every year, stressor, rule and shipped scenario."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.solve.progress import Progress
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import YearSystem
from carbonshed.uncertainty import quotas
from carbonshed.uncertainty.draws import redraw
from carbonshed.uncertainty.error_rules import MeasuredYear, OwnErrors, Rule, read_rules
from carbonshed.uncertainty.propagation import ErrorInputs
from carbonshed.uncertainty.quota_inputs import PolicyRelations, PolicyYear

QUOTA_DRAWS = pa.schema(
    [
        ("year", pa.int32()),
        ("stressor_id", pa.string()),
        ("uncertainty_rule", pa.string()),
        ("scenario_id", pa.string()),
        ("undrawn", pa.float64()),
        ("mean", pa.float64()),
        ("standard_error", pa.float64()),
        ("p05", pa.float64()),
        ("p50", pa.float64()),
        ("p95", pa.float64()),
    ]
)
SHARES = (0.05, 0.5, 0.95)
BATCH_CELLS = 1_500_000  # of emissions drawn at a time: 12 MB, and some copies
Row = dict[str, object]


def quota_draws(
    relations: Relations,
    inputs: ErrorInputs,
    policy: PolicyRelations,
    settings: duckdb.DuckDBPyRelation,
) -> pa.Table:
    """Draw all emissions, make the policy anew, and say what its quotas come to.

    Trade and demand are held: errors of emissions and direct emissions alone.

    Returns
    -------
    pyarrow.Table
        One row per year, stressor, rule and shipped scenario; columns of `QUOTA_DRAWS`.
    """
    chosen = dict(settings.project("setting_id, value::bigint").fetchall())
    rules = read_rules(inputs.rules)
    rows: list[Row] = []
    for year in relations.years:
        progress = Progress(year)
        measured = MeasuredYear(YearSystem(relations, year), inputs.direct_emissions)
        own = OwnErrors(inputs.own_errors, measured.regions, measured.sectors)
        of_year = PolicyYear(policy, measured)
        if not of_year.scenario_ids:
            continue
        for q, stressor in enumerate(measured.stressors):
            system = of_year.system(stressor)
            if not len(system.ranked):
                continue
            progress(f"drawing the quotas of {stressor}")
            drawing = _Drawing(measured, q, own, system)
            found = drawing.quotas(rules, chosen["quota_draws"], chosen["seed"])
            keys = {"year": year, "stressor_id": stressor}
            undrawn = drawing.undrawn()
            for rule, values in zip(rules, found, strict=True):
                summaries = _summaries(values, undrawn)
                for scenario, row in zip(of_year.scenario_ids, summaries, strict=True):
                    names = {"uncertainty_rule": rule.name, "scenario_id": scenario}
                    rows.append(keys | names | row)
        progress.note(f"the policy made anew {chosen['quota_draws']:,} times")
    return pa.Table.from_pylist(rows, QUOTA_DRAWS)


class _Drawing:
    """Draws of the emissions of one stressor of a year.

    Cells that errors are drawn of: the rows of the table, then direct emissions by
    region and category.
    """

    def __init__(
        self,
        measured: MeasuredYear,
        stressor: int,
        own: OwnErrors,
        system: quotas.QuotaSystem,
    ) -> None:
        name = measured.stressors[stressor]
        self._system = system
        self._sectors = len(measured.sectors)
        self._values = {
            "emissions": measured.emissions[stressor],
            "direct_emissions": measured.direct_emissions[stressor],
        }
        self._own = {
            "emissions": own.of("emissions", name).reshape(-1),
            # no sector: every column says the same
            "direct_emissions": own.of("direct_emissions", name)[:, 0],
        }
        self._groups = {
            "emissions": measured.sector_of_row,
            "direct_emissions": np.arange(self._direct.size) % self._categories,
        }

    @property
    def _direct(self) -> np.ndarray:
        return self._values["direct_emissions"]

    @property
    def _categories(self) -> int:
        return self._direct.shape[1]

    def undrawn(self) -> np.ndarray:
        """Return the quotas of the emissions as they are, shape (scenarios,)."""
        emissions = self._values["emissions"][None]
        return self._system.quotas(emissions, self._direct.sum(axis=1)[None])[0]

    def quotas(self, rules: list[Rule], draws: int, seed: int) -> np.ndarray:
        """Return drawn quotas, shape (rules, draws, scenarios), t."""
        # the same numbers for every rule: what differs is the rule
        generator = np.random.Generator(np.random.PCG64(seed))
        rows, cells = len(self._values["emissions"]), self._direct.size
        edges = np.cumsum([rows, self._sectors, cells])
        width = edges[-1] + self._categories
        found = np.empty((len(rules), draws, len(self._system.scenarios)))
        for start, stop in _batches(draws, width):
            # draw after draw, so that the size of a batch changes nothing
            normal = generator.standard_normal((stop - start, width))
            own, common, own_direct, common_direct = np.split(normal, edges, axis=1)
            for k, rule in enumerate(rules):
                emissions = self._redraw("emissions", rule, own, common)
                direct = self._redraw(
                    "direct_emissions", rule, own_direct, common_direct
                )
                by_region = direct.reshape(len(normal), *self._direct.shape).sum(axis=2)
                found[k, start:stop] = self._system.quotas(emissions, by_region)
        return found

    def _redraw(
        self, component: str, rule: Rule, own: np.ndarray, common: np.ndarray
    ) -> np.ndarray:
        values = self._values[component]
        largest = float(np.abs(values).max(initial=0.0))
        errors = rule.sizes[component].errors(values, largest, self._own[component])
        return redraw(
            values.reshape(-1),
            errors.reshape(-1),
            self._groups[component],
            rule.shared[component],
            own,
            common,
        )


def _batches(draws: int, width: int) -> Iterator[tuple[int, int]]:
    at_once = max(BATCH_CELLS // width, 1)
    for start in range(0, draws, at_once):
        yield start, min(start + at_once, draws)


def _summaries(values: np.ndarray, undrawn: np.ndarray) -> Iterator[Row]:
    """Yield what the draws of each scenario come to, from (draws, scenarios)."""
    for drawn, quota in zip(values.T, undrawn, strict=True):
        p05, p50, p95 = np.quantile(drawn, SHARES)
        yield {
            "undrawn": quota,
            "mean": drawn.mean(),
            "standard_error": drawn.std(ddof=1),
            "p05": p05,
            "p50": p50,
            "p95": p95,
        }
