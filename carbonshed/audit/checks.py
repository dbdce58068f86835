"""What a check says: its result, and the words for how it ended."""

from dataclasses import dataclass
from typing import Any

PASS, FAIL, WARNING, SKIPPED = "PASS", "FAIL", "WARNING", "SKIPPED"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of a check."""

    check_id: str
    status: str  # PASS, FAIL, WARNING or SKIPPED, where nothing could be checked
    message: str  # one sentence: the result, and what to do about it
    year: int | None = None  # None for a check of the whole dataset
    count: int = 0  # rows, cells or regions concerned
    total: float | None = None  # their sum, where a sum is meaningful
    worst: str = ""  # the worst offenders by label, worst first

    def line(self) -> str:
        """Return the result as one line of text."""
        when = f" {self.year}" if self.year is not None else ""
        worst = f" [{self.worst}]" if self.worst else ""
        return f"{self.status:<8}{self.check_id}{when}: {self.message}{worst}"


# the fields of a result but its id and year
Outcome = dict[str, Any]


def outcome(status: str, message: str, **facts: Any) -> Outcome:
    """Return the result of a check of a year."""
    return {"status": status, "message": message, **facts}
