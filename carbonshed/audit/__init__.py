"""The preflight report on an ingested dataset: named checks, worst offenders."""

from carbonshed.audit.checks import CheckResult
from carbonshed.audit.run import AuditReport, audit_dataset, ensure_audited

__all__ = ["AuditReport", "CheckResult", "audit_dataset", "ensure_audited"]
