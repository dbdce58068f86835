"""What a year's quotas stand on besides emissions, read from the warehouse."""

from dataclasses import dataclass, fields
from typing import Any

import duckdb
import numpy as np

from carbonshed.solve import relations as arrays
from carbonshed.solve.relations import EXPORT, RESERVED_POSITIONS
from carbonshed.uncertainty import quotas
from carbonshed.uncertainty.error_rules import MeasuredYear

_UNKNOWN = "unknown"  # affluence without GDP, in the seed pathway_choices


@dataclass(frozen=True)
class PolicyRelations:
    """The relations of the policy, each by the name of its model or seed.

    Attributes
    ----------
    embodied_output : origin_id, region_position, category_position, output by year
    regional_accounts : region_id, population, consumption_footprint,
        production_emissions by year and stressor
    mitigation_typology : region_id, affluence, industry_type by year and stressor
    mitigation_caps : cap_id, tonnes_per_person by year and stressor
    policy_choices : rule_id
    user_scenarios : scenario_id
    sectors : sector_id, is_power_supply
    categories : category_id, category_position, category_group
    super_emitter_rules, supply_chain_roles, pathway_choices, pathways, scenarios,
    benchmarks, caps, capped_groups : seeds
    """

    embodied_output: duckdb.DuckDBPyRelation
    regional_accounts: duckdb.DuckDBPyRelation
    mitigation_typology: duckdb.DuckDBPyRelation
    mitigation_caps: duckdb.DuckDBPyRelation
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


Row = dict[str, Any]


def _rows(relation: duckdb.DuckDBPyRelation) -> list[Row]:
    return relation.to_arrow_table().to_pylist()


class PolicyYear:
    """The policy of a year, for any of its stressors.

    Attributes
    ----------
    scenario_ids : list of str
        Shipped scenarios that no user's takes the place of.
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
        """Return what the quotas of a stressor stand on."""
        measured, regions = self._measured, self._measured.regions
        accounts = self._of(self._relations.regional_accounts, stressor, "region_id")
        # of the ranked regions
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
            place = origin[inside], columns[position[inside]]
            to_regions[place] = output[inside]
            to_capped[place] = of_capped[inside]
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
            found = np.zeros(len(self._measured.regions), dtype=bool)
            for k, region in enumerate(self._measured.regions):
                if region in kinds:
                    key = role, kinds[region]["affluence"] or _UNKNOWN
                    found[k] = choices.get(key, {}).get(lever) or False
            return found

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
        known = self._of(relations.mitigation_caps, stressor, "cap_id")
        caps = {
            row["cap_id"]: quotas.Cap(
                row["kind"], known[row["cap_id"]]["tonnes_per_person"]
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
    return kind(**{each.name: row[each.name] for each in fields(kind)})
