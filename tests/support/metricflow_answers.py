"""Answers of MetricFlow, all in one process: its start takes most of the time.

Run in a project folder: questions come in as JSON, answers go out as JSON.
"""

import json
import sys

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)


def main() -> None:
    """Answer every question of standard input."""
    configuration = CLIConfiguration()
    configuration.setup(configure_file_logging=False)
    answers = []
    for question in json.load(sys.stdin):
        request = MetricFlowQueryRequest.create(
            metric_names=question["metrics"],
            group_by_names=question.get("group_by"),
            where_constraints=question.get("where"),
        )
        table = configuration.mf.query(mf_request=request).result_df
        names = table.column_names
        answers.append([dict(zip(names, row, strict=True)) for row in table.rows])
    findings = SemanticManifestValidator().validate_semantic_manifest(
        configuration.semantic_manifest
    )
    answers.append([str(each) for each in findings.all_issues])
    print("ANSWERS" + json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
