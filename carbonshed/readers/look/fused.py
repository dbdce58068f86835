"""Labels that hold a region and a sector in one text: ARGs1, AUS_A01."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SIGNS = "_-.:|/ "
_WIDTHS = (3, 2, 4)  # letters of a code of a country or province
_FEWEST = 2


@dataclass(frozen=True)
class Fused:
    """How labels come apart.

    Attributes
    ----------
    pattern
        With the groups ``region`` and ``sector``, as a map has it.
    regions, sectors
        In the order of the labels.
    """

    pattern: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]


def come_apart(labels: Sequence[str]) -> Fused | None:
    """Return regions and sectors of labels, if every region has every sector once.

    Parameters
    ----------
    labels
        Of the rows (or columns) of sectors.
    """
    patterns = [
        rf"^(?P<region>[^{re.escape(sign)}]+){re.escape(sign)}(?P<sector>.+)$"
        for sign in _SIGNS
        if all(sign in label for label in labels)
    ]
    patterns += [
        rf"^(?P<region>[^\W\d_]{{{width}}})(?P<sector>.+)$" for width in _WIDTHS
    ]
    for pattern in patterns:
        matches = [re.match(pattern, label) for label in labels]
        if not all(matches):
            continue
        pairs = [(match["region"], match["sector"]) for match in matches if match]
        regions, sectors = (
            tuple(dict.fromkeys(part)) for part in zip(*pairs, strict=True)
        )
        has_names = all(re.search(r"[^\W\d_]", region) for region in regions)
        is_full = has_names and len(set(pairs)) == len(labels) == len(regions) * len(
            sectors
        )
        if is_full and min(len(regions), len(sectors)) >= _FEWEST:
            return Fused(pattern, regions, sectors)
    return None
