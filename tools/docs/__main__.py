"""Write the generated pages, or check that they are up to date: ``--check``."""

import sys
from pathlib import Path

from carbonshed.paths import project_root
from tools.docs import (
    dictionary,
    exposures,
    filters,
    folders,
    glossary,
    metrics,
    questions,
    variables,
)
from tools.manifest import parse_project

FOLDER = Path("docs/reference")
EXPOSURES = Path("models/exposures.yml")
FILTERS = Path("docs/bi.md")


def main(arguments: list[str]) -> int:
    """Write or check the pages; return the exit code."""
    root = project_root()
    # for every mart there is
    on_request = (
        "{extraction: true, exported_value_added: true, capital: true, by_origin: true}"
    )
    manifest = parse_project(root, on_request)
    pages = {
        FOLDER / "data_dictionary.md": dictionary.render(manifest),
        FOLDER / "vars.md": variables.render(),
        FOLDER / "questions.md": questions.render(manifest),
        FOLDER / "metrics.md": metrics.render(manifest),
        FOLDER / "glossary.md": glossary.render(),
        FOLDER / "tidy_tables.md": folders.render_tidy(),
        FOLDER / "statistics_tables.md": folders.render_statistics(),
        EXPOSURES: exposures.render(manifest),
        FILTERS: filters.render((root / FILTERS).read_text("utf-8"), manifest),
    }
    stale = [
        page
        for page, text in pages.items()
        if not (root / page).is_file() or (root / page).read_text("utf-8") != text
    ]
    for page in stale:
        if "--check" in arguments:
            print(f"error: {page} is stale; run `make docs`", file=sys.stderr)
        else:
            (root / page).parent.mkdir(parents=True, exist_ok=True)
            (root / page).write_text(pages[page], "utf-8")
            print(f"wrote {page}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
