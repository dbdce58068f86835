"""Cases by hand for the reference of the policy part."""

from dataclasses import replace

import numpy as np

from support.policy_facts import Policy
from support.reference import Accounts, Solution
from support.reference_policy import Case
from support.systems import Category, Region, Sector, System, Year


def make_case(
    footprints: dict[str, float],
    people: dict[str, int],
    gdp: dict[str, float | None] | None = None,
    production: dict[str, float] | None = None,
    **changes: object,
) -> Case:
    """Return a case of regions that live on their own: one sector, one category.

    Every region has an output of 10 and sells it to its people.
    """
    regions = list(footprints)
    n = len(regions)
    F = np.array([float(footprints[region]) for region in regions])
    X = np.zeros((n, n, 1))
    X[range(n), range(n), 0] = 10.0
    rows = {
        region: {
            "population": people[region],
            "gdp": (gdp or {}).get(region),
            "consumption_footprint": footprints[region],
            "production_emissions": (production or footprints)[region],
            "footprint_per_capita": footprints[region] / people[region],
            "local_emissions": footprints[region],
            "outflow_emissions": 0.0,
            "direct_emissions": 0.0,
            "unattributed_emissions": 0.0,
        }
        for region in regions
    }
    zeros = np.zeros(n)
    case = Case(
        system=System(
            regions=[Region(region, region.upper()) for region in regions],
            sectors=[Sector("s", "S", "services")],
            categories=[Category("h", "H", "household")],
            stressors=[],
            years={},
        ),
        number=2012,
        year=Year(np.zeros((n, n)), X, zeros, {}, {}, [], []),
        stressor_id="co2",
        solution=Solution(
            np.full(n, 10.0), zeros > 0, np.zeros((n, n)), np.eye(n), X, X, zeros, zeros
        ),
        accounts=Accounts(
            F, np.zeros((n, 1)), F / 10, F / 10, F[:, None, None] * X / 10, zeros, zeros
        ),
        rows=rows,
        value_added=zeros,
        world=4.87,
        policy=Policy(),
    )
    return replace(case, **changes)
