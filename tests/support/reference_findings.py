"""What a table says of itself, from the other marts of the reference."""

from collections.abc import Mapping

from support.reference_living import gap, income_curve, receivers_of
from support.reference_policy import Case, Rows, selected_by
from support.systems import System


def part(amount: float, whole: float) -> float | None:
    """Return a share, None where amounts below zero make it none."""
    rounding = 1e-12 * whole
    if whole <= 0 or not -rounding <= amount <= whole + rounding:
        return None
    return amount / whole


def finding_rows(
    case: Case, has_exports: bool, marts: Mapping[str, Rows], published: Rows
) -> Rows:
    """Return the findings of one stressor and year, and the tests that they pass."""
    accounts = case.rows.values()

    def total(column: str) -> float:
        return sum(row[column] for row in accounts)

    footprint = total("consumption_footprint")
    index = marts["inequality_indices"].get(("consumption_footprint",), {})
    selected = selected_by(case, case.policy.rule)
    shares: dict[str, float | None] = {
        "arises_elsewhere": part(total("inflow_emissions"), footprint),
        "unequal_footprints": index.get("bottom50_share"),
        "investment": part(total("investment_footprint"), footprint),
        "super_emitters": part(
            sum(case.footprints[region] for region in selected),
            sum(case.footprints.values()),
        ),
    }
    if has_exports and (
        exported := part(total("export_emissions"), total("production_emissions"))
    ):
        shares["exported"] = exported
    shares |= share_upstream(marts, footprint)
    if total("inflow_emissions") > 0:
        direction = marts["leakage_summary"][()]["poor_to_rich_share"]
        shares["poor_to_rich"] = direction
    # no system is of the world and has regions whose ids are countries'
    if gap(case) is not None:
        (inside,) = (
            row["is_inside_interval"]
            for (_, account), row in published.items()
            if account == "consumption"
        )
        shares["published_accounts"] = float(inside)
    headlines = marts["headlines"]
    is_of_the_world = case.system.country == "WLD"
    quota = headlines["quota",]["computed_value"]
    national = total("production_emissions")
    avoids = quota is not None and national and quota / national > 1e-12
    if avoids and not is_of_the_world:
        shares["receivers"] = headlines["receiver_share",]["computed_value"]
    emitted = case.accounts.F.sum() + case.accounts.D.sum()
    masses = {
        "accounts_close": emitted,
        "largest_footprint": max(case.footprints.values()),
        "emissions_avoided": None if is_of_the_world else quota,
    }
    if footprint > 0:
        masses["footprint_total"] = footprint
    flows = [
        row["gross_flow"]
        for pair, row in marts["leakage_flows"].items()
        if {*pair} <= {*case.ranked}
    ]
    every = sum(row["gross_flow"] for row in marts["leakage_flows"].values())
    if flows and max(flows) > 1e-12 * emitted and max(flows) >= 0.01 * every:
        masses["largest_flow"] = max(flows)
    if (net := largest_difference(case, marts)) is not None:
        masses["net_transfer"] = net
    others: Rows = {
        ("per_person",): {"value": max(case.heads.values()), "unit": "t per person"}
    }
    if len(case.ranked) > 1:
        factor = factor_of_twice_the_income(case)
        others["income_and_footprint",] = {"value": factor, "unit": "factor"}
    return tested(
        {
            **others,
            **burden_of_the_poorest(marts),
            **burden_of_groups(case, marts),
            **{
                (key,): {"value": value, "unit": "share"}
                for key, value in shares.items()
            },
            **{(key,): {"value": value, "unit": "t"} for key, value in masses.items()},
        },
        groups_spoken_of(case, marts),
        is_alone=len(case.ranked) == 1,
    )


def tested(
    rows: Rows, spoken_of: Mapping[str, list[dict[str, float]]], *, is_alone: bool
) -> Rows:
    """Return findings with their tests, without the numbers that fail one.

    One region alone does not stand out, so that nothing is claimed of it.
    """
    found = {}
    for (finding,), row in rows.items():
        groups = spoken_of.get(finding, [])
        is_of_few = finding in NEEDS_A_GROUP and not all(map(is_group, groups))
        value = None if is_of_few else row["value"]
        support = min(map(len, groups), default=0) or None
        found[finding,] = {
            **row,
            "value": value,
            **graded(None if is_alone and finding in PLACES else value, finding),
            "support_regions": support,
        }
    return found


# of others the headline changes, and the number stays
PLACES = ("largest_footprint", "per_person")
NEEDS_A_GROUP = ("unequal_footprints", "carbon_price", "poor_to_rich")


def graded(value: float | None, finding: str = "") -> dict[str, object]:
    """Return what is known of a finding that nothing else is known of."""
    is_claim = finding not in ("accounts_close", "published_accounts")
    return {
        "support_regions": None,
        "grade": "one source" if is_claim and value is not None else None,
        "holds_in_variants": None,
        "agrees_with_published": None,
    }


def is_group(people: Mapping[str, float]) -> bool:
    """Tell whether some regions may be spoken of together."""
    return len(people) >= 3 and max(people.values()) <= 0.5 * sum(people.values())


def groups_spoken_of(
    case: Case, marts: Mapping[str, Rows]
) -> dict[str, list[dict[str, float]]]:
    """Return the people of the groups that findings speak of, by region."""
    everybody = sum(case.people.values())

    def first(order: list[str], share: float) -> dict[str, float]:
        """Take the people of regions in an order until a share of all is reached."""
        taken: dict[str, float] = {}
        for region in order:
            left = share * everybody - sum(taken.values())
            if (people := min(left, case.people[region])) > 1e-9 * everybody:
                taken[region] = people
        return taken

    incomes = {id_: income for id_, income in case.incomes.items() if income}
    on_the_line = {
        id_: case.people[id_]
        for id_, income in incomes.items()
        if income > 0 and case.heads[id_] > 0
    }
    chosen = {id_: case.people[id_] for id_ in selected_by(case, case.policy.rule)}
    found = {
        "income_and_footprint": [on_the_line],
        # one side of a flow is known to be richer or poorer, whoever lives there
        "poor_to_rich": [dict.fromkeys(incomes, 1.0)],
        "super_emitters": [chosen],
    }
    if ("consumption_footprint",) in marts["inequality_indices"]:
        order = sorted(case.ranked, key=lambda id_: (case.heads[id_], id_))
        found["unequal_footprints"] = [first(order, 0.5)]
    if marts["headlines"]["receiver_share",]["computed_value"] is not None:
        receivers = receivers_of(case, {*chosen}, case.policy.receivers_share)
        found["receivers"] = [{id_: case.people[id_] for id_ in receivers}]
    spending = {
        id_: row["household_spending"] / case.people[id_]
        for (_, id_), row in marts["carbon_price_burden"].items()
        if id_ in case.people
    }
    if spending:
        order = sorted(spending, key=lambda id_: (spending[id_], id_))
        found["carbon_price"] = [first(order, 0.2), first(order[::-1], 0.2)]
    return found | people_spoken_of(case, marts)


def people_spoken_of(case: Case, marts: Mapping[str, Rows]) -> dict[str, list[dict]]:
    """Return the regions with groups, and those of the tenths at both ends."""
    found = {}
    for row in marts["household_inequality"].values():
        having = len(case.ranked) - row["regions_without_groups"]
        share = row["within_share"]
        if len(case.ranked) > 1 and having and share and 0.005 <= share < 0.995:
            found["inequality_inside_regions"] = [dict.fromkeys(range(having), 1.0)]
    ends = [marts["carbon_price_by_tenth"].get(("all", k)) for k in (1, 10)]
    if all(end and (end["burden_spending_share"] or 0) > 0 for end in ends):
        found["carbon_price_groups"] = [
            dict.fromkeys(range(end["regions"]), 1.0) for end in ends
        ]
    return found


def burden_of_groups(case: Case, marts: Mapping[str, Rows]) -> Rows:
    """Return what lies inside regions, and the larger of the burdens of both ends."""
    rows: Rows = {}
    spoken = people_spoken_of(case, marts)
    if "inequality_inside_regions" in spoken:
        (row,) = marts["household_inequality"].values()
        (having,) = spoken["inequality_inside_regions"]
        value = row["within_share"] if len(having) >= 3 else None
        rows["inequality_inside_regions",] = {"value": value, "unit": "share"}
    if "carbon_price_groups" in spoken:
        low, high = (
            marts["carbon_price_by_tenth"]["all", k]["burden_spending_share"]
            for k in (1, 10)
        )
        few = min(map(len, spoken["carbon_price_groups"])) < 3
        value = None if few and len(case.ranked) > 1 else max(low / high, high / low)
        rows["carbon_price_groups",] = {"value": value, "unit": "factor"}
    return rows


def burden_of_the_poorest(marts: Mapping[str, Rows]) -> Rows:
    """Return what a price takes of the poorest fifth, as a multiple of the richest.

    If it is progressive, the richest as a multiple of the poorest instead.
    """
    prices = [
        price
        for price in marts["carbon_price_summary"].values()
        if price["is_default"] and price["incidence"] is not None
    ]
    if not prices:
        return {}
    (price,) = prices
    shares = [price[f"{end}_fifth_household_share"] for end in ("poorest", "richest")]
    ratio = shares[0] / shares[1] if shares[0] is not None and shares[1] else None
    if ratio and price["incidence"] == "progressive" and ratio < 1:
        ratio = 1 / ratio
    return {("carbon_price",): {"value": ratio, "unit": "factor"}}


def share_upstream(marts: Mapping[str, Rows], footprint: float) -> dict[str, float]:
    """Return the share that is emitted behind direct suppliers, if there is any."""
    far = sum(
        row["emissions"]
        for (_, tier), row in marts["footprint_by_tier"].items()
        if tier > 1
    )
    share = part(far, footprint)
    return {"arises_upstream": share} if share and share > 1e-12 else {}


def largest_difference(case: Case, marts: Mapping[str, Rows]) -> float | None:
    """Return what a region emits for others less what others do, None without trade."""
    nets = [marts["trade_balances"][region,]["net_transfer"] for region in case.ranked]
    largest = max(map(abs, nets))
    if len(case.rows) == 1 or largest <= 1e-12 * (
        case.accounts.F.sum() + case.accounts.D.sum()
    ):
        return None
    return max(net for net in nets if abs(net) >= largest * (1 - 1e-12))


def factor_of_twice_the_income(case: Case) -> float | None:
    """Return how many times the footprint twice the income goes with."""
    regions = [
        region
        for region, income in case.incomes.items()
        if income is not None and income > 0 and case.heads[region] > 0
    ]
    curve = income_curve(case)
    explains = curve is not None and (curve.r_squared or 0.0) >= 0.5
    if len(regions) < 10 or not explains:
        return None
    # incomes that hardly differ say nothing
    factor = 2**curve.elasticity
    return factor if 0.1 <= factor <= 10 else None


def changes_per_person(system: System, marts: Mapping[str, Rows]) -> Rows:
    """Return the largest relative change per person since the first year, by year."""
    accounts, rows = marts["regional_accounts"], {}
    first, *others = sorted(system.years)
    ranked = [region.id for region in system.regions if region.is_ranked]
    masses = [stressor.id for stressor in system.stressors if stressor.is_mass]
    for stressor in (*masses, *system.impacts):
        for year in others:
            pairs = [
                [accounts[at, stressor, id_]["footprint_per_capita"] for at in ends]
                for ends in [(first, year)]
                for id_ in ranked
            ]
            changes = [b / a - 1 for a, b in pairs if a > 0 and b > 0]
            extents = marts["account_extents"]
            known = {extents[at, stressor]["scope"] for at in (first, year)}
            is_said = changes and len(known) == 1
            rows[year, stressor, "change_per_person"] = {
                "value": (value := max(changes, key=abs) if is_said else None),
                "unit": "share",
                **graded(value),
            }
    return rows
