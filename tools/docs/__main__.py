"""Write the generated pages, or check that they are up to date: ``--check``."""

import sys
from pathlib import Path

from carbonshed.paths import project_root
from tools.docs.dictionary import render
from tools.manifest import parse_project

PAGE = Path("docs/reference/data_dictionary.md")


def main(arguments: list[str]) -> int:
    """Write or check the data dictionary; return the exit code."""
    root = project_root()
    page = root / PAGE
    fresh = render(parse_project(root))
    if "--check" in arguments:
        if page.is_file() and page.read_text("utf-8") == fresh:
            return 0
        print(f"error: {PAGE} is stale; run `make docs`", file=sys.stderr)
        return 1
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(fresh, "utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
