"""The preflight report on an ingested dataset: named checks, worst offenders."""

from carbonshed.audit.report import AuditReport, CheckResult
from carbonshed.audit.run import audit_dataset, ensure_audited

__all__ = ["AuditReport", "CheckResult", "audit_dataset", "ensure_audited"]
