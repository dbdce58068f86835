"""Two published datasets of the same regions side by side: compiled and true.

``python beside.py TRUE COMPILED`` prints footprints, ranks and shares of CO2.
"""

import sys

import carbonshed
from carbonshed.ask.publication import Publication


def footprints(db: Publication) -> dict[str, tuple[str, float, float, int]]:
    """Return name, footprint in kt, t per person and its rank by region."""
    rows = db.sql(
        "select region_id, region_name, consumption_footprint / 1e3,"
        " footprint_per_capita, footprint_per_capita_rank"
        " from footprint_rankings where stressor_id = 'co2' order by footprint_rank"
    )
    return {row[0]: row[1:] for row in rows.fetchall()}


def share(db: Publication) -> float:
    """Return the interregional share of footprints."""
    return db.sql(
        "select computed_value from headlines where stressor_id = 'co2'"
        " and headline_id = 'interregional_share'"
    ).fetchall()[0][0]


def main(true: str, compiled: str) -> None:
    """Print both."""
    with carbonshed.open(true) as truth, carbonshed.open(compiled) as estimate:
        wanted, found = footprints(truth), footprints(estimate)
        shares = share(truth), share(estimate)
    print(f"{'':24}  footprint, kt           t per person  rank")
    print(f"{'region':24}  true  compiled  off     true  comp.  true  comp.")
    for region, (name, amount, per_person, rank) in wanted.items():
        _, other, other_per_person, other_rank = found[region]
        print(
            f"{name:24} {amount:5.0f}     {other:5.0f} {other / amount - 1:+6.1%}"
            f"   {per_person:5.2f}  {other_per_person:5.2f}  {rank:4}   {other_rank:4}"
        )
    off = sum(abs(found[key][1] - each[1]) for key, each in wanted.items())
    total = sum(each[1] for each in wanted.values())
    print(f"\nfootprints are off by {off / total:.1%} of their sum")
    ranks = [abs(found[key][3] - each[3]) for key, each in wanted.items()]
    n = len(ranks)
    spearman = 1 - 6 * sum(gap**2 for gap in ranks) / (n * (n**2 - 1))
    print(f"rank correlation per person: {spearman:.3f}")
    print(
        f"of the footprint arises in another region: {shares[0]:.1%} true, "
        f"{shares[1]:.1%} compiled"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
