"""What header cells may show: the texts of regions, sectors and categories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from carbonshed.text import listing


@dataclass(frozen=True)
class Member:
    """A line of an axis: a sector, or one of the lines that a category adds up.

    Attributes
    ----------
    place
        Position of the sector or category in the map.
    sign
        1, or -1 for a line that is taken off.
    own
        Texts that it alone is called in any header: labels of the map.
    shared
        Its id and its name, where the map gives no label that is clear of others.
    rows, columns
        Texts that count beside rows, or above columns, alone.
    title
        What it is called in messages.
    """

    place: int
    title: str
    sign: float = 1.0
    own: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Names:
    """What the labels of an axis may be.

    Attributes
    ----------
    what
        ``sector``, ``product`` or ``category``.
    members
        The lines there must be, each once for every region.
    n_inner
        Number of sectors or categories.
    regions
        Texts of each region.
    region
        The only region of the lines, where the sheet says it; None: all of them.
    """

    what: str
    members: tuple[Member, ...]
    n_inner: int
    regions: tuple[frozenset[str], ...]
    region: int | None = None
    _cache: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def length(self) -> int:
        """Number of places: of all regions, also where the sheet has one."""
        return self.n_inner * len(self.regions)

    @property
    def asked_regions(self) -> Sequence[int]:
        """The regions that the lines have."""
        return range(len(self.regions)) if self.region is None else [self.region]

    @property
    def has_region_labels(self) -> bool:
        """Whether labels must say the region."""
        return self.region is None and len(self.regions) > 1

    def inner(self, is_across: bool) -> dict[str, int]:
        """Return the member by text; texts of several members are not in it."""
        return self._of(is_across)[0]

    def twins(self, is_across: bool) -> dict[str, list[int]]:
        """Return the members by text, of texts that several share."""
        return self._of(is_across)[1]

    def region_of(self) -> dict[str, int]:
        """Return the region by text."""
        if "region" not in self._cache:
            pairs = ((t, k) for k, texts in enumerate(self.regions) for t in texts)
            self._cache["region"] = _unique(pairs)[0]
        return self._cache["region"]

    def only(self, region: int) -> "Names":
        """Return the names of a sheet that has one region."""
        return Names(self.what, self.members, self.n_inner, self.regions, region)

    def describe(self, member: int) -> str:
        """Return what a member is called in a message."""
        return self.members[member].title

    def _of(self, is_across: bool) -> tuple[dict, dict]:
        key = "across" if is_across else "down"
        if key not in self._cache:
            sides = [m.columns if is_across else m.rows for m in self.members]
            own = _unique(
                (text, k)
                for k, member in enumerate(self.members)
                for text in member.own | sides[k]
            )
            shared = _unique(
                (text, k)
                for k, member in enumerate(self.members)
                for text in member.shared
            )
            twins = {t: k for t, k in shared[1].items() if t not in own[0]}
            self._cache[key] = ({**shared[0], **own[0]}, {**twins, **own[1]})
        return self._cache[key]


def _unique(pairs: Iterable[tuple[str, int]]) -> tuple[dict, dict]:
    """Return position by text, and positions by texts that several have."""
    found: dict[str, list[int]] = {}
    for text, position in pairs:
        places = found.setdefault(text, [])
        if position not in places:
            places.append(position)
    single = {text: places[0] for text, places in found.items() if len(places) == 1}
    return single, {text: places for text, places in found.items() if len(places) > 1}


def shown(texts: Iterable[str], most: int = 8) -> str:
    """Return texts for a message."""
    return listing(texts, most, quote=True)
