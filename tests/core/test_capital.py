"""Capital as an input, against the large system in which it is bought."""

import csv
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from support.reference_capital import CAPITAL
from support.refusals import assert_names

from carbonshed.errors import CarbonshedError
from carbonshed.leontief import UnboundedCapitalError, capital_intensities
from carbonshed.solve import replaced_capital

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("regions", "sectors"), [(1, 4), (3, 2), (7, 3)])
def test_regions_alone_give_what_the_large_system_gives(regions, sectors):
    """A + Q C from scratch, with negative cells and a region without investments."""
    size = regions * sectors
    draw = np.random.Generator(np.random.PCG64(size))
    A = draw.uniform(-0.1, 1, (size, size))
    A *= draw.uniform(0.2, 0.7, size) / np.abs(A).sum(axis=0)
    f = draw.uniform(0, 1, (size, 2))
    mix = draw.uniform(-0.1, 1, (size, regions))
    mix /= mix.sum(axis=0)
    if regions > 1:
        mix[:, 0] = 0
    consumption = np.zeros((regions, size))
    for r in range(regions):
        own = slice(r * sectors, (r + 1) * sectors)
        consumption[r, own] = draw.uniform(0, 0.2, sectors)
    inverse = np.linalg.inv(np.eye(size) - A)
    solved = capital_intensities(mix.T @ (inverse.T @ f), consumption @ inverse @ mix)
    large = np.linalg.inv(np.eye(size) - A - mix @ consumption).T @ f
    np.testing.assert_allclose(solved, mix.T @ large, rtol=1e-8, atol=1e-12)


def test_capital_that_only_replaces_itself_is_refused():
    """Two regions: a machine of b takes a machine of a, which takes one of b."""
    with pytest.raises(UnboundedCapitalError, match="radius") as caught:
        capital_intensities(np.ones((2, 1)), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert caught.value.radius == pytest.approx(1)
    assert sorted(caught.value.regions) == [0, 1]


def relations(used: float) -> tuple[duckdb.DuckDBPyRelation, ...]:
    """Return a region that invests 10 with 4 t, of which `used` is used up for it."""
    return (
        duckdb.sql(
            "select 2012 as year, 'co2' as stressor_id, 'Süd' as region_id,"
            " 10e0 as amount, 4e0 as investment_footprint"
        ),
        duckdb.sql(
            "select 2012 as year, 'Süd' as region_id, destination_region_id,"
            " category_group, amount from (values"
            f" ('Süd', 'investment', {used}::double), ('Süd', 'household', 7),"
            " ('EXPORT', 'EXPORT', 1))"
            " as cells(destination_region_id, category_group, amount)"
        ),
    )


def test_a_year_by_pencil(capsys):
    """0.4 t a unit, and half a unit of capital for each: 0.4 / (1 - 0.5)."""
    table = replaced_capital.capital_intensities(*relations(5), [2012, 2013])
    assert table.to_pylist() == [
        {
            "year": 2012,
            "stressor_id": "co2",
            "region_id": "Süd",
            "intensity": pytest.approx(0.8, rel=1e-15),
        }
    ]
    assert table.schema == replaced_capital.CAPITAL_INTENSITIES
    notes = capsys.readouterr().err
    assert "2013" in notes
    assert "2012" not in notes
    assert "seeds/capital_components.csv" in notes


def test_a_refusal_names_the_year_the_region_and_a_remedy():
    with pytest.raises(CarbonshedError) as caught:
        replaced_capital.capital_intensities(*relations(11), [2012])
    assert_names(
        str(caught.value),
        *("2012", "1.1", "Süd", "value_added", "without the var capital"),
    )


def test_dbt_learns_the_columns_of_no_rows():
    empty = [part.filter("false") for part in relations(1)]
    table = replaced_capital.capital_intensities(*empty, [])
    assert table == pa.Table.from_pylist([], replaced_capital.CAPITAL_INTENSITIES)


def test_the_seed_has_the_names_of_shipped_readers():
    with (ROOT / "seeds" / "capital_components.csv").open(encoding="utf-8") as stream:
        names = {row["component_id"] for row in csv.DictReader(stream)}
    maps = ROOT / "carbonshed" / "readers" / "world" / "maps"
    printed = {
        row["label"]
        for path in maps.glob("*_inputs.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"))
        if "consumption of fixed capital" in row["label"].lower()
    }
    assert len(printed) == 2
    assert printed | {*CAPITAL} <= names
