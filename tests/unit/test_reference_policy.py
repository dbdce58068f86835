"""The reference of super-emitters, pathways and quotas against pencil and paper."""

from dataclasses import replace

import numpy as np
from support.cases import make_case
from support.policy_facts import Policy, Projection, UserRow
from support.reference_policy import Case, benchmark, exceeds, selected_by
from support.reference_quota import headline_values, summary_row
from support.reference_scenarios import Levers, evaluate, levers_of, quota_rows
from support.systems import Sector

TEN = dict.fromkeys("abcdefghij", 10)


def test_rules_that_select_super_emitters():
    # ceil(32 x 10 / 309) = 2; the half of 100 is crossed by c
    footprints = dict(
        zip("abcdefghij", (22, 21, 20, 10, 9, 8, 4, 3, 2, 1), strict=True)
    )
    production = footprints | {"j": 99}
    case = make_case(footprints, TEN, production=production)
    assert selected_by(case, "top_decile") == {"a", "b"}
    assert selected_by(case, "cumulative_half") == {"a", "b", "c"}
    assert selected_by(case, "producers_or_consumers") == {"a", "b", "j"}
    assert selected_by(case, "lorenz_elbow") == {"a", "b", "c"}  # d is at the mean
    # many people make a's share of the emissions a small one per head
    crowded = make_case(footprints, TEN | {"a": 1000})
    assert selected_by(crowded, "lorenz_elbow") == {"b", "c"}


def test_rules_where_all_are_equal_and_where_nobody_has_a_footprint():
    equal = make_case(dict.fromkeys(TEN, 7.0), TEN)
    assert selected_by(equal, "top_decile") == {"a", "b"}
    assert selected_by(equal, "cumulative_half") == set("abcde")
    assert selected_by(equal, "lorenz_elbow") == set()
    nothing = make_case(dict.fromkeys(TEN, 0.0), TEN)
    assert selected_by(nothing, "cumulative_half") == set()
    assert selected_by(nothing, "producers_or_consumers") == {"a", "b"}


def test_to_exceed_is_more_than_rounding():
    assert exceeds(1 + 1e-11, 1)
    assert not exceeds(1 + 1e-13, 1)
    assert not exceeds(1, 1)
    assert exceeds(-1, -1 - 1e-11)


def roles(sold: float, footprint: float) -> dict:
    """Return the typology of a region that sells and consumes so much."""
    case = make_case({"a": footprint}, {"a": 1}, {"a": 5.0})
    case.rows["a"]["local_emissions"] = sold
    return case.typology["a"]


def test_typology():
    # exact in binary: 11/10 is the double next to 1.1, as the quotient is
    assert roles(11.0, 10.0)["supply_chain_role"] == "producer"
    assert roles(9.0, 10.0)["supply_chain_role"] == "consumer"
    assert roles(10.9, 10.0)["supply_chain_role"] == "balanced"
    assert roles(9.1, 10.0)["supply_chain_role"] == "balanced"
    undefined = roles(9.0, 0.0)
    assert undefined["supply_chain_role"] == "balanced"
    assert undefined["supply_chain_ratio"] is None
    assert undefined["pathway_id"] == "both"
    # alone, it is at the mean of all: rich
    assert roles(9.0, 10.0)["pathway_id"] == "consumer"
    poor = make_case({"a": 9.0, "b": 1.0}, {"a": 1, "b": 1}, {"a": 5.0, "b": 6.0})
    poor.rows["a"]["local_emissions"] = 1.0
    assert poor.typology["a"]["affluence"] == "low"
    assert poor.typology["a"]["pathway_id"] == "producer"
    assert poor.caps == {
        "peer_mean": 1.0,
        "national_mean": 5.0,
        "world_mean": 4.87,
    }
    unknown = make_case({"a": 9.0, "b": 1.0}, {"a": 1, "b": 1}, {"a": 5.0})
    assert unknown.typology["a"]["affluence"] is None
    assert unknown.caps["peer_mean"] is None


def two_industries(amounts: list[float]) -> Case:
    """Return two regions with three sectors: energy, services, farms."""
    case = make_case({"a": 1.0, "b": 1.0}, {"a": 1, "b": 1})
    case.system.sectors = [
        Sector("e", "E", "energy"),
        Sector("s", "S", "services"),
        Sector("f", "F", "agriculture"),
    ]
    return replace(case, value_added=np.array(amounts))


def test_industry_types():
    # nation: energy 4, services 4 of 16; a has 3/8 and 1/8, b has 1/8 and 3/8
    case = two_industries([3.0, 1.0, 4.0, 1.0, 3.0, 4.0])
    assert case.typology["a"]["industry_type"] == "energy"
    assert case.typology["a"]["location_quotient"] == 1.5
    assert case.typology["b"]["industry_type"] == "services"
    # as the nation in everything: a tie, by the alphabet
    even = two_industries([2.0, 2.0, 4.0, 2.0, 2.0, 4.0])
    assert even.typology["b"]["industry_type"] == "energy"
    # farms are no industry type; a loss is no total to take shares of
    farms = two_industries([0.0, 0.0, 4.0, -3.0, 1.0, 1.0])
    assert farms.typology["a"]["industry_type"] is None
    assert farms.typology["b"]["industry_type"] is None


def test_benchmarks():
    people = dict.fromkeys("abcd", 1)
    case = make_case({"a": 10.0, "b": 40.0, "c": 20.0, "d": 30.0}, people)
    case.solution.x[:] = [10.0, 10.0, 10.0, 50.0]
    cells = [0, 1, 2, 3]
    case.accounts.f[:] = [1.0, 4.0, 2.0, 3.0]
    assert benchmark(case, cells, "mean") == 100 / 80
    assert benchmark(case, cells, "median") == 2.5
    assert benchmark(case, cells, "p25") == 1.75
    assert benchmark(case, [1], "p25") == 4.0


def test_shapley_values_of_one_cell():
    """One cell of X = 8: f falls from 1 to 0.5, and so does demand.

    Intensity alone saves 4, after demand 2: 3 on average. So does demand.
    """
    case = make_case({"a": 8.0}, {"a": 1})
    case.solution.X[:] = 8.0
    case.accounts.f[:] = 1.0
    levers = Levers(np.array([0.5]), np.array([[0.5]]), np.array([[0.5]]))
    outcome = evaluate(case, levers)
    row = quota_rows(case, outcome)[("a",)]
    assert (row["producer_quota"], row["consumer_quota"]) == (3.0, 3.0)
    assert (row["footprint_after"], row["production_after"]) == (2.0, 2.0)
    assert outcome.quota == 6.0


def test_a_projection_that_leaves_nothing_has_no_uplift():
    case = make_case({"a": 8.0}, {"a": 1})
    case.system.country = "CHN"
    for peak, uplift in ((10.0, 4 / 2), (8.0, None), (7.0, None)):
        policy = Policy(
            projections=(Projection("p", "CHN", "co2", 2030, peak),),
            user_rows=(UserRow("half", "intensity", "factor", 0.5),),
        )
        own = replace(case, policy=policy)
        row = summary_row(own, "half", evaluate(own, levers_of(own, "half")))
        assert row["projected_quota"] == peak - 8
        assert row["quota_uplift"] == uplift
        assert row["quota_share"] == 0.5


def test_the_largest_quota_is_the_first_by_name_of_equal_ones():
    case = make_case({"a": 8.0}, {"a": 1})

    def chosen(**quotas: float) -> float:
        """Return the uplift of the scenario that is shown, which tells them apart."""
        summaries = {
            name: {"quota": quota, "quota_uplift": number, "super_emitters": 1}
            for number, (name, quota) in enumerate(quotas.items())
        }
        livings = {name: [] for name in quotas}
        return headline_values(case, summaries, livings)["quota_uplift"][1]

    assert chosen(b=1.0, a=1.0, c=0.5) == 1
    assert chosen(b=1.0, a=1.0 - 1e-13) == 1
    assert chosen(b=1.0, a=1.0 - 1e-11) == 0
    # burdens: the smaller one is the larger quota
    assert chosen(b=-1.0, a=-2.0) == 0
    assert chosen(b=-1.0, a=-1.0 - 1e-13) == 1
