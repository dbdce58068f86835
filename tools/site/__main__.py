"""Build the site of the project's pages: ``make site``.

Sphinx renders a copy of the pages. The folder ``report`` of the site has the report of
a published dataset, ``models`` the page that dbt writes. The site takes the place of an
earlier one when it is complete and its links have been followed.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import carbonshed
from carbonshed.errors import CarbonshedError
from carbonshed.files import LockHeldError, folder_replacing
from carbonshed.paths import project_root
from tools.site.links import dead_links, loaded_from_elsewhere
from tools.site.stage import stage

SITE = "site"
REPORT = Path("report")
# their scripts show the region that a link names; one for each emission and year
REGION_PAGES = "report/**/place.html"
REGIONS = "select region_id from regions"
MODELS = Path("models", "index.html")
WELCOME = """\
This site has a search over all pages, <a href="report/index.html">a report of
`{name}`</a> with charts and data, and <a href="models/index.html">the models</a> with
their SQL and lineage.
"""


def main(arguments: list[str]) -> int:
    """Build the site; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.site")
    parser.add_argument("name", help="a published dataset, for the report")
    parser.add_argument("--sphinx", type=Path, required=True, help="sphinx-build")
    parser.add_argument(
        "--models", type=Path, required=True, help="dbt's static page of the models"
    )
    options = parser.parse_args(arguments)
    site = project_root() / SITE
    try:
        with folder_replacing(site) as folder:
            build(folder, options.name, options.sphinx.absolute(), options.models)
    except LockHeldError:
        print(f"error: another process builds {site}; wait for it", file=sys.stderr)
        return 1
    except (CarbonshedError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        print("an earlier site, if there is one, stays", file=sys.stderr)
        return 1
    print(f"{site / 'index.html'}\nopen it in a browser; it needs no server")
    return 0


def build(folder: Path, name: str, sphinx: Path, models: Path) -> None:
    """Build the site in an empty folder.

    Parameters
    ----------
    folder
        Folder of the site.
    name
        Name of a published dataset.
    sphinx
        Sphinx's program.
    models
        The static page that ``dbt docs generate`` has written.

    Raises
    ------
    CarbonshedError
        A page is in no group, a link is dead, a page would load something from another
        host, or a program that writes a part of the site has failed.
    """
    print("site: pages", flush=True)
    pages = folder / ".pages"
    stage(project_root(), pages, WELCOME.format(name=name))
    settings = ("-c", Path(__file__).parent, "-d", pages / ".parsed")
    options = ("--quiet", "--fail-on-warning", "--jobs", "auto", *settings)
    _run("the pages", sphinx, *options, pages, folder)
    shutil.rmtree(pages)
    print(f"site: report of {name}", flush=True)
    program = Path(sys.executable).with_name("carbonshed")
    _run("the report", program, "report", name, "--out", folder / REPORT)
    _copy_models(models, folder / MODELS)
    print("site: links", flush=True)
    with carbonshed.open(name) as publication:
        regions = {row[0] for row in publication.sql(REGIONS).fetchall()}
    shown = [str(page.relative_to(folder)) for page in folder.glob(REGION_PAGES)]
    wrong = dead_links(folder, {str(MODELS)}, dict.fromkeys(shown, regions))
    loaded = loaded_from_elsewhere(folder)
    wrong += [f"{address}, loaded from another host" for address in loaded]
    if wrong:
        raise CarbonshedError("\n  ".join([f"{len(wrong)} wrong links:", *wrong]))


def _copy_models(page: Path, target: Path) -> None:
    """Copy dbt's page, without the path of the project's folder on this machine."""
    here = json.dumps(str(project_root()))[1:-1]
    target.parent.mkdir()
    target.write_text(page.read_text("utf-8").replace(here, "."), "utf-8")


def _run(part: str, *command: str | Path) -> None:
    """Run a program; what it says of its own result is left out."""
    if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
        raise CarbonshedError(f"{part} of the site could not be made; see above")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
