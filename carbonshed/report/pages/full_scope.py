"""Footprints with imports, beside those without."""

from dataclasses import dataclass
from typing import Any

from carbonshed.report.context import Context
from carbonshed.report.queries import Rows

# a sum further from the published one, as a share of it, says nothing about levels
_MAX_DIFFERENCE = 0.1


@dataclass(frozen=True)
class FullScope:
    """Rows of the mart `footprints_with_imports` of a year."""

    context: Context
    rows: Rows

    def __bool__(self) -> bool:
        """Return True if the table has imports in this year."""
        return len(self.rows) > 0

    @property
    def extent(self) -> str:
        """The extent of these footprints, as the mart `account_extents` writes it."""
        suffix = "" if self.context.has_direct else ", without direct emissions"
        return f"{self.name}{suffix}"

    @property
    def name(self) -> str:
        """The name of these footprints, by whose imports they include."""
        return "with imports" if self._has_final_users else "with imports of producers"

    @property
    def _has_final_users(self) -> bool:
        return any(row["imports_of_final_users"] for row in self.rows)

    @property
    def words(self) -> dict[str, Any]:
        """The values of fields of texts about these footprints."""
        published, difference = self._published
        first = self.rows.first() or {}
        return {
            "has_full": bool(self),
            "is_without_full": not self,
            "is_full_least": bool(self and self.left_out),
            "is_far": self.is_far,
            "is_valued_as_here": first.get("method_id") == "domestic_technology",
            "is_valued_by_author": first.get("method_id") == "user_file",
            "full_name": self.name,
            "full_heading": self.name.capitalize(),
            "full_left_out": " and ".join(self.left_out),
            "full_published": published,
            "full_sum": published and published * (1 + difference),
            "full_difference": difference and abs(difference),
            "is_full_below": difference is not None and difference < 0,
            "is_full_above": difference is not None and difference >= 0,
        }

    @property
    def is_far(self) -> bool:
        """True if the sum is too far from the published one to be compared."""
        _, difference = self._published
        return difference is not None and abs(difference) > _MAX_DIFFERENCE

    @property
    def _published(self) -> tuple[float | None, float | None]:
        """The published emissions of the country, and the relative difference.

        Both are None for several countries, and for invented regions.
        """
        if self.context.dataset["is_synthetic"]:
            return None, None
        names = ("published_emissions", "relative_difference_to_published")
        pairs = {tuple(row[name] for name in names) for row in self.rows}
        return pairs.pop() if len(pairs) == 1 else (None, None)

    @property
    def left_out(self) -> list[str]:
        """The emissions that footprints with imports leave out."""
        emissions = []
        if not self.context.has_direct:
            emissions.append("direct emissions of households")
        if not self._has_final_users:
            outside = self.context.outside
            emissions.append(f"what imports of final users cause {outside}")
        return emissions
