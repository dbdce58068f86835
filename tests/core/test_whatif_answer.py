"""What a scenario changes, as tables for people."""

from carbonshed.whatif.answer import region_tables

ROWS = [
    # name, people, footprint before and after, production before and after
    ("Alder", 10, 100e6, 90e6, 80e6, 80e6),
    ("Birch", 0, 50e6, 20e6, 40e6, 41e6),
    ("Cedar", 5, 10e6, 10e6, 20e6, 15e6),
]
COLUMNS = (
    "region_name",
    "population",
    "footprint_before",
    "footprint_after",
    "production_before",
    "production_after",
)


def tables(rows):
    found = region_tables(
        "mine: co2, 2020", [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    )
    return {
        table.title.removeprefix("mine: co2, 2020; "): {
            column.name: [
                float(cell) if column.is_number else cell for cell in column.cells
            ]
            for column in table.columns
            if not column.name.startswith("per_person")
        }
        for table in found
    }


def test_each_account_has_its_changes_the_largest_first():
    assert tables(ROWS) == {
        "footprint changes in 2 of 3 regions": {
            "region": ["Birch", "Alder"],
            "footprint_before": [50, 100],
            "footprint_after": [20, 90],
            "change": [-30, -10],
        },
        "production changes in 2 of 3 regions": {
            "region": ["Cedar", "Birch"],
            "production_before": [20, 40],
            "production_after": [15, 41],
            "change": [-5, 1],
        },
    }


def test_no_region_is_shown_that_changes_nothing():
    still = [(name, 1, 5e6, 5e6, 5e6, 5e6) for name in "abc"]
    assert tables(still) == {"no region changes": {}}
    one = [*still, ("d", 1, 5e6, 4e6, 5e6, 5e6)]
    assert [*tables(one)] == [
        "footprint changes in 1 of 4 regions",
        "production changes in 0 of 4 regions",
    ]
    many = [(str(n), 1, 5e6, 5e6 - n * 1e5, 5e6, 5e6) for n in range(1, 13)]
    title, *_ = tables(many)
    assert title == "footprint changes in 12 of 12 regions; the 10 that change most"
