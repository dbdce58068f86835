"""The report of an audit: one result for each check and year."""

from dataclasses import asdict, dataclass
from typing import Any

PASS, FAIL, WARNING, SKIPPED = "PASS", "FAIL", "WARNING", "SKIPPED"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of a check."""

    check_id: str
    status: str  # PASS, FAIL, WARNING or SKIPPED, where nothing could be checked
    message: str  # one sentence: the result, and what to do about it
    year: int | None = None  # None for a check of the whole dataset
    count: int = 0  # of the rows, cells or regions concerned
    total: float | None = None  # their sum, where a sum is meaningful
    worst: str = ""  # the worst offenders by label, worst first

    def line(self) -> str:
        """Return the result as one line of text."""
        when = f" {self.year}" if self.year is not None else ""
        worst = f" [{self.worst}]" if self.worst else ""
        return f"{self.status:<8}{self.check_id}{when}: {self.message}{worst}"


@dataclass(frozen=True)
class AuditReport:
    """All results of a dataset, as kept beside its tables."""

    name: str
    dataset_id: str
    checks: tuple[CheckResult, ...]

    @property
    def failed(self) -> bool:
        """Return whether a check failed; warnings do not count."""
        return any(check.status == FAIL for check in self.checks)

    def counts(self) -> dict[str, int]:
        """Return the number of results by status."""
        statuses = [check.status for check in self.checks]
        return {
            status: statuses.count(status) for status in (PASS, FAIL, WARNING, SKIPPED)
        }

    def render(self) -> str:
        """Return the report as text."""
        summary = ", ".join(
            f"{count} {status}" for status, count in self.counts().items()
        )
        lines = [check.line() for check in self.checks]
        return "\n".join([f"audit of {self.name}: {summary}", *lines])

    def failures(self) -> str:
        """Return the failed checks as text."""
        return "\n".join(check.line() for check in self.checks if check.status == FAIL)

    def as_dict(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "dataset": self.name,
            "dataset_id": self.dataset_id,
            "failed": self.failed,
            "counts": self.counts(),
            "checks": [asdict(check) for check in self.checks],
        }
