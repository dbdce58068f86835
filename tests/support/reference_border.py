"""Charges at the border of a zone once more, cell by cell.

Written from the methods; shares no code with the package.
"""

from support.reference_policy import Case

EXPORT = "EXPORT"
Rows = dict[tuple, dict[str, object]]


def terms_of(case: Case) -> dict[str, dict[str, dict[str | None, float | None]]]:
    """Return charge -> kind -> id -> value."""
    terms: dict[str, dict[str, dict[str | None, float | None]]] = {}
    for charge, kind, named, value in case.system.border_charges:
        terms.setdefault(charge, {}).setdefault(kind, {})[named] = value
    return terms


def first(values: dict, *names: str | None, otherwise: float) -> float:
    """Return the value of the first name that has one."""
    return next((values[name] for name in names if name in values), otherwise)


def sold_to(case: Case, cell: int, zone: set[str], share: float) -> list[float]:
    """Return what a cell delivers to a zone, in single units of currency."""
    system, year = case.system, case.year
    sold = [
        year.transactions[cell, j]
        for j, (region, _) in enumerate(system.producers)
        if region in zone
    ]
    for s, region in enumerate(system.regions):
        if region.id in zone:
            sold += list(year.final_demand[cell, s])
    if EXPORT in zone:
        sold.append(share * year.exports[cell])
    return [amount * system.currency_unit for amount in sold]


def emissions_of(case: Case, cell: int) -> dict[str, float]:
    """Return emissions per unit of what a cell sells, by scope."""
    power = {i.id for i in case.system.sectors if i.is_power_supply}
    f = case.accounts.f
    scopes = {"direct": f[cell], "total": case.accounts.m[cell]}
    if power:
        bought = 0.0
        if case.system.producers[cell][1] not in power:
            for q, (_, sector) in enumerate(case.system.producers):
                if sector in power:
                    bought += f[q] * case.solution.A[q, cell]
        scopes["direct_and_electricity"] = f[cell] + bought
    return scopes


def border_marts(case: Case) -> dict[str, Rows]:
    """Return both tables of a stressor and year."""
    cells: Rows = {}
    regions: Rows = {}
    marts = {"border_exposure": cells, "border_exposure_by_region": regions}
    if case.stressor_id != "co2" and case.stressor_id not in case.system.impacts:
        return marts
    for charge, terms in terms_of(case).items():
        zone = set(terms["zone"])
        shares = terms.get("zone_share", {})
        for cell, (region, sector) in enumerate(case.system.producers):
            if region in zone or sector not in terms["product"]:
                continue
            paid = first(terms.get("paid_at_home", {}), region, None, otherwise=0.0)
            net = max(0.0, terms["price"][None] - paid)
            share = first(shares, sector, None, otherwise=1.0)
            sold = sold_to(case, cell, zone, share)
            if sum(sold) <= 1e-12 * sum(map(abs, sold)):
                continue
            for scope, emitted in emissions_of(case, cell).items():
                row = cells[charge, scope, region, sector] = {
                    "deliveries": sum(sold),
                    "charged_emissions": sum(sold) * emitted,
                    "net_price": net,
                    "charge": sum(sold) * emitted * net,
                    "charge_share": emitted * net,
                    "is_default_scope": scope == "direct_and_electricity",
                }
                add_up(regions, (charge, scope, region), row)
    for (charge, _, region), row in regions.items():
        gdp = case.rows[region]["gdp"]
        row["charge_share"] = row["charge"] / row["deliveries"]
        row["gdp_share"] = row["charge"] / gdp if gdp and gdp > 0 else None
        row["charge_note"] = note(terms_of(case)[charge], row.pop("net_price"))
    return marts


def add_up(regions: Rows, key: tuple, row: dict) -> None:
    """Add a cell to its region."""
    total = regions.setdefault(
        key,
        {name: row[name] for name in ("net_price", "is_default_scope")}
        | dict.fromkeys(("deliveries", "charged_emissions", "charge"), 0.0),
    )
    for name in ("deliveries", "charged_emissions", "charge"):
        total[name] += row[name]


def note(terms: dict, net: float) -> str | None:
    """Return what makes a charge too large, or nothing."""
    parts = []
    shares = terms.get("zone_share", {})
    is_said = None in shares or set(terms["product"]) <= set(shares)
    if EXPORT in terms["zone"] and not is_said:
        parts.append(
            "all exports count as delivered to the zone, since no zone_share says which"
            " part is"
        )
    if net == 0:
        parts.append("what is paid at home is not below the price: no charge")
    return "; ".join(parts) or None
