"""The macros, by their own dbt project: VALUES in, expected results out."""

import json
import subprocess
import sys
from pathlib import Path

MACROS = Path(__file__).resolve().parents[1] / "macros"


def test_macros_give_what_is_expected_of_them(tmp_path: Path) -> None:
    dbt = Path(sys.executable).with_name("dbt")
    projects = ["--project-dir", MACROS, "--profiles-dir", MACROS]
    folders = ["--target-path", tmp_path, "--log-path", tmp_path]
    done = subprocess.run(
        [dbt, "--quiet", "test", *projects, *folders],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "run_results.json").read_text("utf-8"))
    passed = {result["unique_id"].split(".")[2] for result in results["results"]}
    assert passed == {path.stem for path in MACROS.glob("*.sql")}
