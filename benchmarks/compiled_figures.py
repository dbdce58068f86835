"""Sensitivity of a compiled table to its assumptions on trade.

``python -m benchmarks.compiled_figures NAME NAME-low ...`` prints a table of
published datasets: headlines, quotas, and the distance of their footprints from those
of the first dataset.
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
    """Return the rows of the table: a label, and a figure for each dataset."""
    figures = [Figures(name) for name in names]
    headlines = [dataset.headlines() for dataset in figures]
    quotas = [dataset.quotas() for dataset in figures]
    footprint_sets = [dataset.footprints() for dataset in figures]
    selections = [dataset.super_emitters() for dataset in figures]
    first = np.array(list(footprint_sets[0].values()))
    table = [
        [word, *(f"{100 * head[key]:.1f} %" for head in headlines)]
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
        [
            "Gini coefficient of footprints",
            *(f"{dataset.gini():.3f}" for dataset in figures),
        ]
    )
    table.append(
        [
            "sum of footprints, Mt",
            *(
                f"{sum(footprints.values()) / 1e6:,.1f}"
                for footprints in footprint_sets
            ),
        ]
    )
    changes = [
        np.array([footprints[key] for key in footprint_sets[0]]) - first
        for footprints in footprint_sets
    ]
    table.append(
        [
            "sum of absolute changes of footprints",
            *(
                f"{100 * np.abs(change).sum() / first.sum():.1f} %"
                for change in changes
            ),
        ]
    )
    table.append(
        [
            "largest change of a region's footprint",
            *(_largest(change / first) for change in changes),
        ]
    )
    table.append(
        [
            "super-emitters, and those of the first that are missing",
            *(
                f"{len(selected)}, {len(selections[0] - selected)}"
                for selected in selections
            ),
        ]
    )
    table += [
        [
            f"quota, {scenario}, Gt",
            *(f"{quotas_of_dataset[scenario]:.4g}" for quotas_of_dataset in quotas),
        ]
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
