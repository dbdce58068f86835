"""The audit of a dataset: run its checks, and store their results beside it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.audit.checks import FAIL, PASS, SKIPPED, WARNING, CheckResult
from carbonshed.checksums import compare, write_checksums
from carbonshed.dataset.contract import SALES_FILE
from carbonshed.dataset.store import Dataset, open_dataset, stored_schema
from carbonshed.errors import CarbonshedError
from carbonshed.files import replacing, write_whole
from carbonshed.progress import Message
from carbonshed.text import first_line

REPORT_FILE = "audit.json"
CHECKSUMS = "audit.sha256"  # lists the files that the audit writes


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


if TYPE_CHECKING:
    from carbonshed.solve.memory_plan import Solver


def audit_dataset(
    dataset: Dataset,
    progress: Message | None = None,
    solver: "Solver | None" = None,
) -> AuditReport:
    """Check a dataset, and store the report in its folder.

    Structure comes first. If the structure is broken nothing else is computed.

    Parameters
    ----------
    progress
        A receiver of the step that is being done.
    solver
        If it is a cluster, its workers scan the transactions of a large table.

    Raises
    ------
    CarbonshedError
        If a table cannot be read, or the report not be written.
    """
    try:
        checks = tuple(_checks(dataset, progress or (lambda step: None), solver))
        report = AuditReport(dataset.name, dataset.dataset_id, checks)
        _store(dataset, report)
    except duckdb.Error as error:
        reason = first_line(error)
        raise CarbonshedError(
            f"dataset {dataset.name!r} cannot be audited: {reason}; if a file of it "
            "is damaged, ingest it again"
        ) from error
    except OSError as error:
        raise CarbonshedError(
            f"{dataset.path}: the audit cannot be written: {error.strerror}"
        ) from error
    return report


def ensure_audited(
    name: str,
    progress: Message | None = None,
    solver: "Solver | None" = None,
) -> AuditReport:
    """Return the stored report of a dataset, or audit it if there is none.

    A report counts as long as it belongs to the ingest that is there. Arguments are
    as for `audit_dataset`.

    Raises
    ------
    CarbonshedError
        If there is no such dataset.
    """
    dataset = open_dataset(name)
    return stored_report(dataset) or audit_dataset(dataset, progress, solver)


def stored_report(dataset: Dataset) -> AuditReport | None:
    """Return the stored report of this very ingest, None if there is none.

    Nor is there one if a file of the audit is not what was written.
    """
    try:
        _, faults = compare(dataset.path / CHECKSUMS)
        stored = json.loads((dataset.path / REPORT_FILE).read_text("utf-8"))
        checks = tuple(CheckResult(**check) for check in stored["checks"])
        is_current = stored["dataset_id"] == dataset.dataset_id
    except (CarbonshedError, OSError, ValueError, KeyError, TypeError):
        return None
    if faults or not is_current:
        return None
    report = AuditReport(dataset.name, dataset.dataset_id, checks)
    # an audit that passed has stored its sums for the build
    return report if report.failed or _has_sums(dataset) else None


def files_of_audit(dataset: Dataset) -> set[str]:
    """Return the names of the files that an audit of a dataset writes.

    None before the first one; the sums are missing where the structure is broken.
    """
    try:
        text = (dataset.path / REPORT_FILE).read_text("utf-8")
    except FileNotFoundError:
        return set()
    except (OSError, ValueError):  # its checksum will report that
        text = ""
    files = {"audit_checks.parquet", REPORT_FILE}
    is_left_out = '"failed": true' in text and not (dataset.path / SALES_FILE).exists()
    return files if is_left_out else {*files, SALES_FILE}


def _has_sums(dataset: Dataset) -> bool:
    try:
        schema = pq.read_schema(dataset.path / SALES_FILE)
    except (OSError, pa.ArrowInvalid):  # cut off
        return False
    return "absolute" in schema.names  # not if an earlier version made it


def _checks(
    dataset: Dataset, progress: Message, solver: "Solver | None"
) -> Iterator[CheckResult]:
    # these load SciPy, which a stored report does not need
    from carbonshed.audit.balances import BALANCES, check_imports
    from carbonshed.audit.coverage import COVERAGE, check_impacts
    from carbonshed.audit.household_groups import check_household_groups
    from carbonshed.audit.prices import (
        check_border_charges,
        check_carbon_prices,
        check_prices,
    )
    from carbonshed.audit.solvability import check_productivity, check_structure
    from carbonshed.audit.tables import Tables

    with Tables(dataset, solver) as tables:
        progress("structure")
        structural = list(check_structure(tables))
        yield from structural
        if any(check.status == FAIL for check in structural):
            return
        progress("row and column sums")
        tables.add_sums()
        _replace(dataset.path / SALES_FILE, tables.sales())
        progress("spectral radius")
        yield from check_productivity(tables)
        progress("balances")
        for checks in (BALANCES, COVERAGE):
            for year in tables.years:
                for name, check in checks.items():
                    yield CheckResult(name, year=year, **check(tables, year))
        yield from check_imports(tables)
        yield from check_impacts(tables)
        yield from check_prices(tables)
        yield from check_carbon_prices(tables)
        yield from check_border_charges(tables)
        yield from check_household_groups(tables)


def _store(dataset: Dataset, report: AuditReport) -> None:
    """Write the report twice: for `ensure_audited` and for the warehouse."""
    rows = [
        {**check, "count": int(check["count"])} for check in report.as_dict()["checks"]
    ]
    schema = stored_schema("audit_checks")
    _replace(dataset.table("audit_checks"), pa.Table.from_pylist(rows, schema))
    sales = dataset.path / SALES_FILE  # none where the structure is broken
    ours = [path for path in (dataset.table("audit_checks"), sales) if path.exists()]
    text = json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n"
    with replacing(dataset.path / CHECKSUMS) as partial:
        write_checksums(ours, partial, {REPORT_FILE: text})
    # last, because this file shows that the audit is complete
    write_whole(dataset.path / REPORT_FILE, text)


def _replace(path: Path, table: pa.Table) -> None:
    with replacing(path) as partial:
        pq.write_table(table, partial)
