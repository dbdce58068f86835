"""Ceilings for counts of the code base, which only a decision may raise."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path("tools/ceilings.toml")


def excess(counts: Mapping[str, int], root: Path) -> dict[str, str]:
    """Return a message for each count that is above its ceiling, or has none."""
    ceilings = tomllib.loads((root / FILE).read_text("utf-8"))
    return {
        name: f"{name} is {count:,}; {FILE} allows {ceilings.get(name, 'nothing yet')}"
        for name, count in counts.items()
        if count > ceilings.get(name, -1)
    }


def lower(counts: Mapping[str, int], root: Path) -> None:
    """Lower ceilings to the counts of today; raise none, and add those that lack."""
    path = root / FILE
    text = path.read_text("utf-8")
    ceilings = tomllib.loads(text)
    for name, count in counts.items():
        if name not in ceilings:
            text += f"{name} = {count}\n"
        elif count < ceilings[name]:
            text = re.sub(rf"^{name} = .*$", f"{name} = {count}", text, flags=re.M)
    path.write_text(text, "utf-8")
