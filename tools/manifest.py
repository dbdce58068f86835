"""The manifest of the dbt project, freshly parsed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def parse_project(root: Path, variables: str = "{}") -> dict[str, Any]:
    """Run ``dbt parse`` in a folder, with vars, and return its ``manifest.json``."""
    command = [Path(sys.executable).with_name("dbt"), "parse", "--quiet"]
    command += ["--vars", variables]
    subprocess.run([*command, "--target-path", "target"], cwd=root, check=True)
    return json.loads((root / "target" / "manifest.json").read_text("utf-8"))
