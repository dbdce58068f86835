"""Matrices into the store: every cell where it belongs, other years left alone."""

import numpy as np
import pytest
from support.matrix_tables import expected_rows, matrix_table, stored
from support.random_systems import Size, random_system
from support.refusals import refused
from support.tiny_folder import TinyFolder

from carbonshed.dataset import matrix_store, open_dataset
from carbonshed.dataset import matrix_table as matrices
from carbonshed.dataset.matrix_store import read_matrix_table, store_matrix_table
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.tidy import ingest_tidy
from carbonshed.solve.cells import CellFiles

pytestmark = pytest.mark.usefixtures("empty_project")

YEARS = (2012, 2015, 2017)


def store(table, progress=lambda step, share: None):
    return store_matrix_table(table, "a", "plain", progress)


@pytest.fixture
def system():
    return at_years(random_system(3, Size(regions=4, sectors=2), years=3), YEARS)


def at_years(system, years):
    system.years = dict(zip(years, system.years.values(), strict=True))
    return system


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("cells", [1, 20, 10**6])
def test_every_cell_is_stored_where_it_belongs(system, monkeypatch, order, cells):
    monkeypatch.setattr(matrix_store, "_BLOCK_CELLS", cells)
    system.years = {2015: system.years[2015]}
    table = matrix_table(system, 2015)
    table.transactions = np.array(table.transactions, order=order)
    dataset = store(table)
    for name, rows in expected_rows(system).items():
        assert stored(dataset, name) == rows, name
    assert len(stored(dataset, "transactions")) > 10
    assert [row[0] for row in stored(dataset, "regions")] == [
        region.id for region in system.regions
    ]
    assert dataset.years == [2015]
    assert dataset.notes == ["2015: drawn for 2015"]
    assert dataset.descriptor["carbonshed"]["format"] == "plain"


def test_a_year_is_read_as_it_was_stored(system):
    """Imports by product, of which some are not known, exports and all."""
    rng = np.random.default_rng(2)
    for year in system.years.values():
        n, R, C = year.final_demand.shape
        year.imports_by_sector = rng.uniform(1, 9, n)
        year.imports_by_category = rng.uniform(1, 9, (R, C))
        year.imported_products = rng.uniform(1, 9, (len(system.sectors), n + R * C))
    tables = [matrix_table(system, year) for year in YEARS]
    for table in tables:
        dataset = store(table)
    for table in tables:
        found = read_matrix_table(dataset, table.year)
        for name, block, _ in table._blocks():
            blocks = {other: part for other, part, _ in found._blocks()}
            np.testing.assert_array_equal(blocks[name], block, name)
        assert (found.population, found.gdp) == (table.population, table.gdp)
        for name, labels in table.labels.items():
            for row, stored_row in zip(labels, found.labels[name], strict=True):
                assert {**stored_row, **row} == {**row, **stored_row}


@pytest.mark.parametrize("years", [(2012, 2015, 2017), (2017, 2012, 2015)])
def test_years_come_together_in_any_order(system, years):
    for year in years:
        dataset = store(matrix_table(system, year))
    for name, rows in expected_rows(system).items():
        assert stored(dataset, name) == rows, name
    assert dataset.years == [2012, 2015, 2017]
    assert dataset.notes == [f"{year}: drawn for {year}" for year in (2012, 2015, 2017)]
    sources = [source["title"] for source in dataset.descriptor["sources"]]
    assert sources == [f"Drawn for {year}" for year in years]


def test_a_year_is_replaced_and_the_others_stay(system):
    for year in (2012, 2015, 2017):
        store(matrix_table(system, year))
    system.years[2015].transactions *= 2
    system.years[2015].emissions["co2"][0] = 4711.0
    table = matrix_table(system, 2015)
    table.decisions = [Decision("doubled", "doubled")]
    dataset = store(table)
    for name, rows in expected_rows(system).items():
        assert stored(dataset, name) == rows, name
    assert dataset.notes[1] == "2015: doubled"
    assert len(dataset.notes) == 3


def test_another_year_leaves_the_bytes_of_the_others(system):
    """Their solutions are found again."""

    def digests(dataset):
        files = CellFiles.of(dataset.path)
        return {
            year: (
                files.transactions_of(year).digest(),
                files.final_demand_of(year).digest(),
            )
            for year in dataset.years
        }

    first, second, third = YEARS
    before = digests(store(matrix_table(system, second)))
    for year in (third, first):
        after = digests(store(matrix_table(system, year)))
        assert before.items() < after.items()
        before = after
    system.years[second].transactions[0, 0] += 1.0
    after = digests(store(matrix_table(system, second)))
    assert {year for year in YEARS if after[year] != before[year]} == {second}


def test_a_dataset_of_this_year_alone_is_replaced_whatever_its_labels(system):
    store(matrix_table(system, 2015))
    other = at_years(random_system(9, Size(regions=5, sectors=3)), [2015])
    dataset = store(matrix_table(other, 2015))
    assert stored(dataset, "transactions") == expected_rows(other)["transactions"]


def test_a_tidy_dataset_takes_up_no_other_year(system, empty_project):
    earlier = ingest_tidy(TinyFolder(empty_project / "tidy").write(), "a")
    with refused("made by tidy and has the years 2012"):
        store(matrix_table(system, 2015))
    assert open_dataset("a").dataset_id == earlier.dataset_id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda table: table.regions[1].update(region_name="Elsewhere"),
            r"regions: number 2 is '.*' \(Elsewhere\) here and .* 2012",
        ),
        (
            lambda table: table.sectors[0].update(
                is_power_supply=not table.sectors[0]["is_power_supply"]
            ),
            "sectors: number 1 is .* with is_power_supply",
        ),
        (
            lambda table: table.stressors.append(
                {"stressor_id": "z", "stressor_name": "Zinc", "unit": "kg"}
            ),
            r"stressors: number \d is 'z' \(Zinc\) here and missing in",
        ),
        (
            lambda table: table.descriptor["mrio"].update(currency_unit=10.0),
            "currency_unit is 10.0 here and",
        ),
        (
            lambda table: table.descriptor["mrio"].update(price_basis="other prices"),
            "price_basis is",
        ),
    ],
)
def test_years_with_other_labels_or_money_are_refused(system, change, message):
    earlier = store(matrix_table(system, 2012))
    table = matrix_table(system, 2015)
    change(table)
    with pytest.raises(CarbonshedError, match=message) as refusal:
        store(table)
    assert "another --name" in str(refusal.value)
    assert open_dataset("a").dataset_id == earlier.dataset_id


def test_progress_goes_from_start_to_end(system, monkeypatch):
    monkeypatch.setattr(matrix_store, "_BLOCK_CELLS", 20)
    told = []
    store(matrix_table(system, 2015), lambda step, share: told.append((step, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert {step for step, _ in told} == {
        "storing final demand",
        "storing transactions",
    }


@pytest.mark.parametrize(
    ("field", "place", "value", "message"),
    [
        ("population", 0, None, "no people in year 2015, region_id .* there is none"),
        ("population", 0, 0, "above 0, it is 0"),
        ("transactions", (2, 3), np.nan, r"holds nan at row 3, column 4 \('.*' / '"),
        ("exports", 1, np.inf, r"exports of 2015 holds inf at row 2 \('"),
        ("final_demand", (slice(2), 0), 1.7e308, r"too large .* \(1.7e\+308\)"),
        # its sum is finite, its square is not
        ("final_demand", (0, 0), 1e308, r"too large .* \(1e\+308\)"),
        ("emissions", "soot", np.zeros(1), "emissions of 'soot'"),
    ],
)
def test_a_broken_number_is_refused(
    system, empty_project, field, place, value, message
):
    table = matrix_table(system, 2015)
    getattr(table, field)[place] = value
    with refused(message):
        store(table)
    assert not (empty_project / "data").exists()


@pytest.mark.parametrize(
    ("field", "change", "message"),
    [
        (
            "emissions",
            lambda found: {k: 0 * v for k, v in found.items()},
            "no emissions",
        ),
        ("final_demand", lambda found: found[:, 1:], r"is (\d+) x \d+; expected \1 x"),
        (
            "output",
            lambda _: np.zeros(3),
            r"output of 2015 is 3 long; expected \d+ l",
        ),
        ("population", lambda found: found[1:], "population of 2015 has"),
        ("regions", lambda found: [*found, found[0]], "number 1 and number"),
        (
            "regions",
            lambda found: [{**found[0], "region_id": "EXPORT"}, *found[1:]],
            "EXPORT and UNATTRIBUTED are reserved",
        ),
        (
            "sectors",
            lambda found: [{**found[0], "sector_group": "heavy"}, *found[1:]],
            "`sector_group` is 'heavy'; expected one of agriculture",
        ),
    ],
)
def test_a_broken_block_is_refused(system, empty_project, field, change, message):
    table = matrix_table(system, 2015)
    setattr(table, field, change(getattr(table, field)))
    with refused(message):
        store(table)
    assert not (empty_project / "data").exists()


@pytest.mark.parametrize("order", ["C", "F"])
def test_nan_is_found_in_either_layout(monkeypatch, order):
    monkeypatch.setattr(matrices, "_BLOCK_CELLS", 8)
    block = np.zeros((7, 5), order=order)
    assert matrices.is_finite(block)
    block[4, 2] = np.nan
    assert not matrices.is_finite(block)
    assert matrices.first_not_finite(block) == (4, 2)
    assert (
        sum(part.size for part in matrices.iter_contiguous_views(block)) == block.size
    )


def test_a_producer_has_a_name(system):
    table = matrix_table(system, 2015)
    region, sector = system.producers[3]
    assert table.producer(3) == f"{region!r} / {sector!r}"
