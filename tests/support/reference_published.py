"""Accounts of a country beside those that the Global Carbon Budget 2019 prints."""

from support.systems import System

# million tonnes of carbon: territorial, consumption
BUDGET = {
    ("CHN", 2010): (2320.017, 1974.120),
    ("CHN", 2012): (2629.339, 2236.136),
    ("CHN", 2013): (2673.725, 2269.037),
    ("CHN", 2014): (2680.229, 2269.974),
}
TONNES_CO2 = 3.664 * 1e6


def published_rows(
    system: System, number: int, rows: dict[str, dict], scope: dict
) -> dict[tuple, dict[str, object]]:
    """Return the rows of ``published_comparisons`` of CO2 in a year of one country."""
    country = system.country
    own = [rows[r.id] for r in system.regions if r.type != "rest_of_world"]
    found = {}
    for account, column, carbon, left_out in zip(
        ("production", "consumption"),
        ("production_emissions", "consumption_footprint"),
        BUDGET.get((country, number), ()),
        (
            "" if scope["has_direct_emissions"] else "direct emissions of households",
            scope["footprints_leave_out"],
        ),
        strict=False,
    ):
        computed = sum(row[column] for row in own)
        published = carbon * TONNES_CO2
        found[country, account] = {
            "country_name": country,
            "unit": "t",
            "computed_emissions": computed,
            "published_emissions": published,
            "difference": computed - published,
            "relative_difference": (computed - published) / published,
            "computed_leaves_out": left_out,
        }
    return found
