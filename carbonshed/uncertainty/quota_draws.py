"""Draws of the quota for every year, stressor, rule and shipped scenario."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed.progress import TimedProgress
from carbonshed.solve import relations as arrays
from carbonshed.solve.relations import EXPORT, RESERVED_POSITIONS, Relations
from carbonshed.solve.year_system import YearSystem
from carbonshed.uncertainty import quotas
from carbonshed.uncertainty.draws import distribution, redraw
from carbonshed.uncertainty.error_rules import MeasuredYear, OwnErrors, Rule, read_rules
from carbonshed.uncertainty.propagation import ErrorInputs

_UNKNOWN = "unknown"  # affluence without GDP, in the seed pathway_choices
Row = dict[str, Any]
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
BATCH_CELLS = 1_500_000  # emissions drawn at a time: 12 MB, and some copies


@dataclass(frozen=True)
class PolicyRelations:
    """The relations of the policy, each by the name of its model or seed."""

    embodied_output: duckdb.DuckDBPyRelation
    regional_accounts: duckdb.DuckDBPyRelation
    mitigation_typology: duckdb.DuckDBPyRelation
    yearly_caps: duckdb.DuckDBPyRelation
    policy_choices: duckdb.DuckDBPyRelation
    user_scenarios: duckdb.DuckDBPyRelation
    sectors: duckdb.DuckDBPyRelation
    categories: duckdb.DuckDBPyRelation
    super_emitter_rules: duckdb.DuckDBPyRelation
    supply_chain_roles: duckdb.DuckDBPyRelation
    pathway_choices: duckdb.DuckDBPyRelation
    pathways: duckdb.DuckDBPyRelation
    scenarios: duckdb.DuckDBPyRelation
    benchmarks: duckdb.DuckDBPyRelation
    caps: duckdb.DuckDBPyRelation
    capped_groups: duckdb.DuckDBPyRelation


def _rows(relation: duckdb.DuckDBPyRelation) -> list[Row]:
    return relation.to_arrow_table().to_pylist()


class PolicyYear:
    """The policy of a year, for any of its stressors.

    `scenario_ids` are the shipped scenarios that no user's takes the place of.
    """

    def __init__(self, relations: PolicyRelations, measured: MeasuredYear) -> None:
        self._measured = measured
        self._year = f"year = {measured.system.year}"
        self._relations = relations
        replaced = {row["scenario_id"] for row in _rows(relations.user_scenarios)}
        self._scenarios = {
            row["scenario_id"]: row
            for row in _rows(relations.scenarios)
            if row["scenario_id"] not in replaced
        }
        self.scenario_ids = sorted(self._scenarios)
        self._to_regions, self._to_capped, self._to_all = self._read_output()

    def system(self, stressor: str) -> quotas.QuotaSystem:
        """Return the system from which the quotas of a stressor are computed."""
        measured, regions = self._measured, self._measured.regions
        accounts = self._of(self._relations.regional_accounts, stressor, "region_id")
        # positions among the ranked regions
        kinds = self._of(self._relations.mitigation_typology, stressor, "region_id")
        count = len(measured.sectors)
        power = {
            row["sector_id"]: row["is_power_supply"]
            for row in _rows(self._relations.sectors)
        }
        ranked = sorted(kinds)
        position = {region: k for k, region in enumerate(regions)}
        people = [accounts[region]["population"] or 0 for region in regions]

        def falling(amount: str) -> np.ndarray:
            # as super_emitters are: rounding is that of the marts, then region_id
            order = sorted(
                range(len(ranked)), key=lambda k: -accounts[ranked[k]][amount]
            )
            return np.array(order, dtype=np.intp)

        return quotas.QuotaSystem(
            output=measured.system.output,
            is_zero=measured.system.is_zero,
            region_of_row=np.repeat(np.arange(len(regions)), count),
            peers=self._peers(kinds),
            is_power_supply=np.array([power[i] for i in measured.sectors])[
                measured.sector_of_row
            ],
            to_regions=self._to_regions,
            to_capped=self._to_capped,
            to_all=self._to_all,
            population=np.array(people, dtype=np.float64),
            is_affluent=np.array(
                [kinds.get(r, {}).get("affluence") == "high" for r in regions]
            ),
            ranked=np.array([position[region] for region in ranked], dtype=np.intp),
            by_footprint=falling("consumption_footprint"),
            by_production=falling("production_emissions"),
            selection=self._selection(),
            roles=self._roles(kinds),
            scenarios=self._chosen_scenarios(stressor),
        )

    def _of(
        self, relation: duckdb.DuckDBPyRelation, stressor: str, key: str
    ) -> dict[str, Row]:
        """Return the rows of the year and a stressor by a key."""
        rows = relation.filter(self._year).filter(
            duckdb.ColumnExpression("stressor_id")
            == duckdb.ConstantExpression(stressor)
        )
        return {row[key]: row for row in _rows(rows)}

    def _read_output(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return output embodied in demand by region, in capped demand, and in all."""
        relations, measured = self._relations, self._measured
        groups = {row["category_group"] for row in _rows(relations.capped_groups)}
        capped = [
            row["category_position"]
            for row in _rows(relations.categories)
            if row["category_group"] in groups
        ]
        is_capped = f"category_position in ({', '.join(map(str, capped)) or 'null'})"
        rows = relations.embodied_output.filter(self._year).aggregate(
            "origin_id, region_position, sum(output) as output,"
            f" coalesce(sum(output) filter (where {is_capped}), 0) as capped"
        )
        positions = measured.system.relations.region_positions
        columns = np.full(max(positions.values(), default=0) + 1, -1)
        for k, region in enumerate(measured.regions):
            columns[positions[region]] = k
        shape = (measured.system.size, len(measured.regions))
        to_regions, to_capped = np.zeros(shape), np.zeros(shape)
        exported = np.zeros(len(to_regions))
        for origin, position, output, of_capped in arrays.columns(rows):
            inside = position >= 0
            cell = origin[inside], columns[position[inside]]
            to_regions[cell] = output[inside]
            to_capped[cell] = of_capped[inside]
            abroad = position == RESERVED_POSITIONS[EXPORT]
            exported[origin[abroad]] = output[abroad]
        return to_regions, to_capped, to_regions.sum(axis=1) + exported

    def _peers(self, kinds: dict[str, Row]) -> np.ndarray:
        """Return the group of each row: industry type and sector, below 0 for none."""
        measured = self._measured
        system, count = measured.system, len(measured.sectors)
        # regions without an industry type are peers of each other
        types = {row["industry_type"] for row in kinds.values()}
        number = {name: k for k, name in enumerate(sorted(types, key=str))}
        of_region = np.array(
            [
                number[kinds[region]["industry_type"]] if region in kinds else -1
                for region in measured.regions
            ]
        )
        of_row = np.repeat(of_region, count)
        has_peers = (of_row >= 0) & (system.output > 0) & ~system.is_zero
        return np.where(has_peers, of_row * count + measured.sector_of_row, -1)

    def _selection(self) -> quotas.Selection:
        (choice,) = _rows(self._relations.policy_choices)
        rules = {
            row["rule_id"]: row for row in _rows(self._relations.super_emitter_rules)
        }
        return _made(quotas.Selection, rules[choice["rule_id"]])

    def _roles(self, kinds: dict[str, Row]) -> list[quotas.Role]:
        """Return every role with the levers that each region would have in it."""
        relations = self._relations
        pathways = {row["pathway_id"]: row for row in _rows(relations.pathways)}
        choices = {
            (row["supply_chain_role"], row["affluence"]): pathways[row["pathway_id"]]
            for row in _rows(relations.pathway_choices)
        }

        def levers(role: str, lever: str) -> np.ndarray:
            has_lever = np.zeros(len(self._measured.regions), dtype=bool)
            for k, region in enumerate(self._measured.regions):
                if region in kinds:
                    key = role, kinds[region]["affluence"] or _UNKNOWN
                    has_lever[k] = choices.get(key, {}).get(lever) or False
            return has_lever

        return [
            quotas.Role(
                row["ratio_from"],
                row["ratio_to"],
                levers(row["supply_chain_role"], "has_producer_lever"),
                levers(row["supply_chain_role"], "has_consumer_lever"),
            )
            for row in _rows(relations.supply_chain_roles)
        ]

    def _chosen_scenarios(self, stressor: str) -> list[quotas.Scenario]:
        relations = self._relations
        caps_of_year = self._of(relations.yearly_caps, stressor, "cap_id")
        caps = {
            row["cap_id"]: quotas.Cap(
                row["kind"], caps_of_year[row["cap_id"]]["tonnes_per_person"]
            )
            for row in _rows(relations.caps)
        }
        benchmarks = {
            row["benchmark_id"]: _made(quotas.Benchmark, row)
            for row in _rows(relations.benchmarks)
        }
        return [
            quotas.Scenario(
                benchmarks[row["benchmark_id"]],
                caps[row["cap_id"]],
                row["includes_power_supply"],
            )
            for row in map(self._scenarios.__getitem__, self.scenario_ids)
        ]


def _made(kind: type, row: Row) -> Any:
    return kind(**{attribute.name: row[attribute.name] for attribute in fields(kind)})


def quota_draws(
    relations: Relations,
    inputs: ErrorInputs,
    policy: PolicyRelations,
    settings: duckdb.DuckDBPyRelation,
) -> pa.Table:
    """Draw all emissions, apply the policy to each draw, and summarise its quotas.

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
        progress = TimedProgress(year)
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
            draws_by_rule = drawing.quotas(rules, chosen["quota_draws"], chosen["seed"])
            keys = {"year": year, "stressor_id": stressor}
            undrawn = drawing.undrawn()
            for rule, values in zip(rules, draws_by_rule, strict=True):
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
            # direct emissions have no sector: all columns are equal
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
        # every rule gets the same random numbers, so that rules can be compared
        generator = np.random.Generator(np.random.PCG64(seed))
        rows, cells = len(self._values["emissions"]), self._direct.size
        edges = np.cumsum([rows, self._sectors, cells])
        width = edges[-1] + self._categories
        quotas_by_rule = np.empty((len(rules), draws, len(self._system.scenarios)))
        for start, stop in _batches(draws, width):
            # numbers are drawn draw by draw, so that the batch size changes nothing
            normal = generator.standard_normal((stop - start, width))
            own, common, own_direct, common_direct = np.split(normal, edges, axis=1)
            for k, rule in enumerate(rules):
                emissions = self._redraw("emissions", rule, own, common)
                direct = self._redraw(
                    "direct_emissions", rule, own_direct, common_direct
                )
                by_region = direct.reshape(len(normal), *self._direct.shape).sum(axis=2)
                quotas_by_rule[k, start:stop] = self._system.quotas(
                    emissions, by_region
                )
        return quotas_by_rule

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
    """Yield the summary of each scenario of quotas, shape (draws, scenarios)."""
    for drawn, quota in zip(values.T, undrawn, strict=True):
        yield {"undrawn": quota, **distribution(drawn)}
