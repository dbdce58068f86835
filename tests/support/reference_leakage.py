"""Supply chains and leakage, as plainly as possible (docs/methods.md)."""

import numpy as np

from support.systems import System, Year


def ratio(above: float | None, below: float | None) -> float | None:
    """Divide; None where a side is unknown or the divisor is zero."""
    return None if above is None or not below else above / below


def region_flows(system: System, E: np.ndarray) -> np.ndarray:
    """Sum embodied emissions over sectors and categories: origin x destination."""
    size = len(system.regions)
    flows = np.zeros((size, size))
    for r in range(size):
        for s in range(size):
            flows[r, s] = E[system.block(r), s].sum()
    return flows


def own_chain(system: System, solution: object, f: np.ndarray) -> float:
    """Emissions of the chains that never leave their region, all regions."""
    total = 0.0
    for r in range(len(system.regions)):
        own = system.block(r)
        A_rr = solution.A[own, own]
        inverse = np.linalg.inv(np.eye(len(A_rr)) - A_rr)
        total += f[own] @ inverse @ solution.Y[own, r].sum(axis=1)
    return total


def wealth_of(year: Year) -> list[float | None]:
    """GDP per head of every region, None where unknown."""
    return [
        gdp / people if people and gdp is not None else None
        for gdp, people in zip(year.gdp, year.population, strict=True)
    ]


def is_poor_to_rich(origin: float | None, destination: float | None) -> bool | None:
    """Whether the destination is richer per head; None if a side is unknown."""
    if origin is None or destination is None:
        return None
    return destination > origin


def summary_row(
    system: System, year: Year, solution: object, accounts: object
) -> dict[str, float | None]:
    """Return the row of ``leakage_summary``."""
    flows = region_flows(system, accounts.E)
    wealth = wealth_of(year)
    size = len(system.regions)
    pairs = [(r, s) for r in range(size) for s in range(size) if r != s]
    local = sum(flows[r, r] for r in range(size))
    outflow = sum(flows[r, s] for r, s in pairs)
    export = accounts.E_export.sum()
    uphill = known = unknown = net_uphill = net_known = 0.0
    for r, s in pairs:
        direction = is_poor_to_rich(wealth[r], wealth[s])
        if direction is None:
            unknown += flows[r, s]
        else:
            known += flows[r, s]
            uphill += flows[r, s] if direction else 0.0
            net = max(0.0, flows[r, s] - flows[s, r])
            net_known += net
            net_uphill += net if direction else 0.0
    own = ratio(own_chain(system, solution, accounts.f), local + outflow)
    return {
        "interregional_share": ratio(outflow, local + outflow),
        "interregional_and_export_share": ratio(
            outflow + export, local + outflow + export
        ),
        "supply_chain_share": None if own is None else 1 - own,
        "poor_to_rich_share": ratio(uphill, known),
        "unknown_direction_share": ratio(unknown, outflow),
        "net_poor_to_rich_share": ratio(net_uphill, net_known),
    }


def gross_terms(system: System, solution: object, m: np.ndarray) -> list[float | None]:
    """Pollution terms of trade of every region, by what crosses its border.

    Antweiler 1996: emissions behind what is sold per unit of money, to those behind
    what is bought. Sales to sectors without output are nobody's purchase.
    """
    size, width = len(system.regions), len(system.sectors)
    money, embodied = np.zeros((size, size)), np.zeros((size, size))
    for r in range(size):
        for s in range(size):
            for k in range(r * width, (r + 1) * width) if r != s else ():
                sold = solution.Y[k, s].sum()
                for j in range(s * width, (s + 1) * width):
                    sold += solution.A[k, j] * solution.x[j]
                money[r, s] += sold
                embodied[r, s] += m[k] * sold
    return [
        ratio(
            ratio(embodied[r].sum(), money[r].sum()),
            ratio(embodied[:, r].sum(), money[:, r].sum()),
        )
        for r in range(size)
    ]


def balance_row(
    shipped: float,
    bought: float,
    earned: float | None,
    paid: float | None,
    gross: float | None,
) -> dict[str, object]:
    """Return the row of ``trade_balances`` of one region."""
    row = {
        "outflow_emissions": shipped,
        "inflow_emissions": bought,
        "net_transfer": shipped - bought,
        "outflow_value_added": earned,
        "inflow_value_added": paid,
        "net_value_added_transfer": None,
        "terms_of_trade": None,
        "terms_of_trade_gross": gross,
        "quadrant": None,
    }
    if earned is not None:
        row["net_value_added_transfer"] = earned - paid
        row["terms_of_trade"] = ratio(ratio(shipped, earned), ratio(bought, paid))
        side = "exporter" if shipped > bought else "importer"
        result = "gainer" if earned > paid else "loser"
        row["quadrant"] = f"{side}_{result}"
    return row


def leakage_marts(
    system: System, year: Year, solution: object, accounts: object, value_added: object
) -> dict[str, dict[tuple, dict]]:
    """Return the three leakage marts of one stressor and year."""
    flows = region_flows(system, accounts.E)
    has_money = bool(np.any(value_added.F))
    money = region_flows(system, value_added.E)
    wealth = wealth_of(year)
    size = len(system.regions)
    pairs, balances = {}, {}
    terms = gross_terms(system, solution, accounts.m)
    for r, origin in enumerate(system.regions):
        for s, destination in enumerate(system.regions):
            if r == s or not (flows[r, s] or flows[s, r]):
                continue
            pairs[(origin.id, destination.id)] = {
                "gross_flow": flows[r, s],
                "reverse_flow": flows[s, r],
                "net_flow": flows[r, s] - flows[s, r],
                "value_added_flow": money[r, s] if has_money else None,
                "is_poor_to_rich": is_poor_to_rich(wealth[r], wealth[s]),
                "origin_region_name": origin.name,
                "destination_region_name": destination.name,
            }
        others = [s for s in range(size) if s != r]
        balances[(origin.id,)] = balance_row(
            shipped=sum(flows[r, s] for s in others),
            bought=sum(flows[s, r] for s in others),
            earned=sum(money[r, s] for s in others) if has_money else None,
            paid=sum(money[s, r] for s in others) if has_money else None,
            gross=terms[r],
        )
    return {
        "leakage_flows": pairs,
        "leakage_summary": {(): summary_row(system, year, solution, accounts)},
        "trade_balances": balances,
    }
