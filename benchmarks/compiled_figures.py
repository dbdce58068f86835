"""What moves with the main assumption of a compiled table, beside the table itself.

``python -m benchmarks.compiled_figures NAME NAME-low NAME-high`` prints a table of
published datasets: headlines, quotas, and for all but the first how far the footprints
of regions are from those of the first.
"""

import argparse
from typing import Any

import duckdb
import numpy as np

from carbonshed.ask.query import published_path

STRESSOR = "co2"
RULE = "top_decile"


class Figures:
    """Figures of a published dataset, of CO2 and the only year."""

    def __init__(self, name: str) -> None:
        self.connection = duckdb.connect(str(published_path(name)), read_only=True)
        self.connection.execute("set search_path = 'marts'")

    def column(self, query: str) -> dict[str, Any]:
        """Return the second column of an answer by the first."""
        return dict(self.connection.execute(query, {"stressor": STRESSOR}).fetchall())

    def headlines(self) -> dict[str, float]:
        """Return computed headlines by id."""
        return self.column(
            "select headline_id, computed_value from headlines"
            " where stressor_id = $stressor"
        )

    def quotas(self) -> dict[str, float]:
        """Return quotas by scenario, Gt."""
        return self.column(
            "select scenario_id, quota / 1e9 from quota_summary"
            " where stressor_id = $stressor and not is_user_scenario"
        )

    def gini(self) -> float:
        """Return the Gini coefficient of footprints per person."""
        return self.column(
            "select measure, gini from inequality_indices where stressor_id = $stressor"
        )["consumption_footprint"]

    def footprints(self) -> dict[str, float]:
        """Return footprints with direct emissions by region, t."""
        return self.column(
            "select region_id, consumption_footprint from regional_accounts"
            " where stressor_id = $stressor"
        )

    def super_emitters(self) -> set[str]:
        """Return the selected regions."""
        return set(
            self.column(
                "select region_id, emitter_rank from super_emitters"
                f" where stressor_id = $stressor and rule_id = '{RULE}'"
                " and is_selected"
            )
        )


def rows(names: list[str]) -> list[list[str]]:
    """Return the rows of the table: what it is, and a figure for each dataset."""
    figures = [Figures(name) for name in names]
    heads = [each.headlines() for each in figures]
    quotas = [each.quotas() for each in figures]
    prints = [each.footprints() for each in figures]
    chosen = [each.super_emitters() for each in figures]
    first = np.array(list(prints[0].values()))
    table = [
        [word, *(f"{100 * head[key]:.1f} %" for head in heads)]
        for word, key in (
            (
                "footprints of another region's emissions",
                "interregional_share",
            ),
            ("the same with exports", "interregional_and_export_share"),
            (
                "regions at or below the world's footprint per person",
                "share_below_world",
            ),
        )
    ]
    table.append(
        ["Gini coefficient of footprints", *(f"{each.gini():.3f}" for each in figures)]
    )
    table.append(
        [
            "sum of footprints, Mt",
            *(f"{sum(each.values()) / 1e6:,.1f}" for each in prints),
        ]
    )
    changes = [np.array([each[key] for key in prints[0]]) - first for each in prints]
    table.append(
        [
            "sum of absolute changes of footprints",
            *(f"{100 * np.abs(each).sum() / first.sum():.1f} %" for each in changes),
        ]
    )
    table.append(
        [
            "largest change of a region's footprint",
            *(_largest(each / first) for each in changes),
        ]
    )
    table.append(
        [
            "super-emitters, and how many of the first's are not among them",
            *(f"{len(each)}, {len(chosen[0] - each)}" for each in chosen),
        ]
    )
    table += [
        [f"quota, {scenario}, Gt", *(f"{each[scenario]:.4g}" for each in quotas)]
        for scenario in sorted(quotas[0], key=quotas[0].__getitem__)
    ]
    return table


def _largest(changes: np.ndarray) -> str:
    return f"{100 * changes[np.argmax(np.abs(changes))]:+.1f} %"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", help="published datasets")
    names = parser.parse_args().names
    print("| |", " | ".join(names), "|")
    print("|---|" + "---:|" * len(names))
    for row in rows(names):
        print("|", " | ".join(row), "|")


if __name__ == "__main__":
    main()
