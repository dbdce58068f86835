"""Concordances from the 42 sectors of the model to fewer."""

from dataclasses import dataclass

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.synthetic.facts import sectors

GROUP_NAMES = {
    "agriculture": "Agriculture",
    "energy": "Energy",
    "heavy_industry": "Heavy industry",
    "light_industry": "Light industry",
    "high_tech": "High-tech industry",
    "construction": "Construction",
    "services": "Services",
}
MIN_SECTORS, MAX_SECTORS = len(GROUP_NAMES), 42


@dataclass(frozen=True)
class Concordance:
    """The sectors of the dataset and the sectors of the model that each is made of."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    is_power_supply: tuple[bool, ...]  # true where power is in it, alone or with others
    position: np.ndarray  # (42,), int: the aggregate of each sector of the model

    def sums(self, values: np.ndarray, axis: int) -> np.ndarray:
        """Return flows summed to the sectors of the dataset; `axis` has 42 sectors."""
        moved = np.moveaxis(values, axis, 0)
        result = np.zeros((len(self.ids), *moved.shape[1:]))
        np.add.at(result, self.position, moved)
        return np.moveaxis(result, 0, axis)


def build_concordance(count: int) -> Concordance:
    """Return the concordance from 42 sectors to `count`, 7 to 42.

    Sectors merge one pair at a time, in the order of sectors.csv and always
    within their group; with 7 sectors every group is one sector. The order is
    fixed, so each smaller list is an aggregate of every larger one.
    """
    if not MIN_SECTORS <= count <= MAX_SECTORS:
        raise CarbonshedError(
            f"a synthetic dataset cannot have {count} sectors: expected "
            f"{MIN_SECTORS} (one for each sector group) to {MAX_SECTORS}"
        )
    table = sectors()
    position = {sector_id: i for i, sector_id in enumerate(table.ids)}
    merges = range(1, MAX_SECTORS - count + 1)
    target = list(range(MAX_SECTORS))
    for merge in merges:
        source = table.merge_order.index(merge)
        into = position[table.merged_into[source]]
        target = [into if where == source else where for where in target]
    kept = sorted(set(target))
    members = {keeper: [i for i in target if i == keeper] for keeper in kept}
    whole = {
        keeper: len(members[keeper]) == table.groups.count(table.groups[keeper])
        for keeper in kept
    }
    return Concordance(
        ids=tuple(table.groups[k] if whole[k] else table.ids[k] for k in kept),
        names=tuple(_name(k, len(members[k]), whole[k]) for k in kept),
        groups=tuple(table.groups[k] for k in kept),
        is_power_supply=tuple(
            any(
                table.is_power_supply[i] for i, where in enumerate(target) if where == k
            )
            for k in kept
        ),
        position=np.array([kept.index(where) for where in target]),
    )


def _name(keeper: int, members: int, is_whole_group: bool) -> str:
    table = sectors()
    if members == 1:
        return table.names[keeper]
    if is_whole_group:
        return GROUP_NAMES[table.groups[keeper]]
    return f"{table.names[keeper]} (with {members - 1} more)"
