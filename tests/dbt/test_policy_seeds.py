"""The figures of the policy seeds are those of their sources."""

import csv
import re
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
BOUNDS = ("low", "lower_middle", "upper_middle")


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bounds() -> dict[int, tuple[float, ...]]:
    """Return the upper bounds of the bands by year."""
    by_year: dict[int, dict[str, float]] = {}
    for row in rows("income_bands"):
        if row["upper_bound_usd"]:
            by_year.setdefault(int(row["gni_year"]), {})[row["band"]] = float(
                row["upper_bound_usd"]
            )
    return {year: tuple(bands[b] for b in BOUNDS) for year, bands in by_year.items()}


def test_the_bands_of_2012_are_those_of_the_world_bank():
    assert bounds()[2012] == (1035, 4085, 12615)


def test_bands_rise_within_a_year():
    assert all(low < lower < upper for low, lower, upper in bounds().values())


def test_every_band_is_that_of_the_published_table(real_data):
    path = (
        real_data
        / "country_population_gdp_emissions"
        / "WorldBank_income_thresholds_by_GNI_year.csv"
    )
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real tables")

    def last(text: str) -> float:
        """Return the upper end of a printed range, such as "1,036-4,085"."""
        return float(re.sub(r"\D", "", text.rpartition("-")[2]))

    with path.open(encoding="utf-8", newline="") as file:
        published = {
            int(row["gni_year"]): (
                last(row["low_max"]),
                last(row["lower_middle"]),
                last(row["upper_middle"]),
            )
            for row in csv.DictReader(file)
        }
    assert len(published) > 30
    ours = bounds()
    assert {year: ours[year] for year in published} == published


def test_no_source_is_empty():
    for seed in {path.stem for path in SEEDS.glob("*.csv")} - {"texts"}:
        assert all(row["source"].strip() for row in rows(seed)), seed


def test_the_study_implies_more_than_the_way_to_the_default_peak():
    """1.4 Gt are 30 % of 4.67 Gt; the default peak leaves 12.59 Gt less 2012's."""
    (default,) = [
        row for row in rows("peak_projections") if row["is_default"] == "true"
    ]
    assert float(default["emissions"]) == 12.59e9
    figures = {
        row["headline_id"]: row["seed_value"] for row in rows("headline_statements")
    }
    assert float(figures["quota"]) / float(figures["quota_uplift"]) == pytest.approx(
        4.67e9, abs=0.005e9
    )
