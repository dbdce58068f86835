"""A copy of the pages as the generator reads them.

``README.md`` of a folder becomes its ``index.md``. A file of the project that a page
links, and each file of a linked folder, becomes a page below ``files/`` that shows it.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from carbonshed.errors import CarbonshedError
from tools.site.pages import (
    INDEX,
    START,
    Entry,
    find_pages,
    link_target,
    local_links,
    map_local_links,
    navigation,
)

LANGUAGES = {
    ".ipynb": "json",
    ".json": "json",
    ".py": "python",
    ".sh": "bash",
    ".sql": "sql",
    ".yaml": "yaml",
    ".yml": "yaml",
}
# pages that show a file are neither in the navigation nor in the search
HEAD = "---\norphan: true\nnosearch: true\n---\n\n"


def stage(root: Path, folder: Path, welcome: str = "") -> None:
    """Write the pages, and what they link, into a folder.

    Parameters
    ----------
    root
        Folder of the project.
    folder
        Folder to write into.
    welcome
        Markdown for the start page, before its first section.

    Raises
    ------
    CarbonshedError
        A page is in no group of ``docs/README.md``, or links a file that is missing.
    """
    groups = navigation(root)
    pages = find_pages(root)
    endings = {START: _toctrees(groups)} | {
        entry.page: _toctree("", map(_document, entry.below))
        for entries in groups.values()
        for entry in entries
        if entry.below
    }
    linked: set[Path] = set()
    for page in pages:
        text = (root / page).read_text("utf-8")
        targets = {link_target(page, link) for link in local_links(text)}
        linked |= targets - set(pages)
        _refuse_missing(root, page, targets)
        if page == START:
            text = text.replace("\n## ", f"\n{welcome}\n\n## ", 1)
        text = map_local_links(
            text, lambda link, page=page: _new_link(root, page, link)
        )
        _write(folder / _staged(root, page), text + endings.get(page, ""))
    for path in sorted(_with_files_of_folders(root, linked)):
        if (root / path).is_file() and _is_copied(root / path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / path, folder / path)
        else:
            _write(folder / _staged(root, path), _shown(root, path))


def _staged(root: Path, path: Path) -> Path:
    """Return where the copy has a page, or what shows a file or a folder."""
    if (root / path).is_dir():
        return Path("files", path, "index.md")
    if path.suffix == ".md":
        return path.with_stem(path.stem.replace("README", "index"))
    if _is_copied(root / path):
        return path
    return Path("files", path.parent, f"{path.name}.md")


def _new_link(root: Path, page: Path, link: str) -> str:
    """Return a link between staged pages; relative to the top, with a slash."""
    _, mark, anchor = link.partition("#")
    if link.startswith("#"):
        return link
    return f"/{_staged(root, link_target(page, link))}{mark}{anchor}"


def _refuse_missing(root: Path, page: Path, targets: Iterable[Path]) -> None:
    missing = [str(target) for target in targets if not (root / target).exists()]
    if missing:
        raise CarbonshedError(f"{page} links what is not there: {', '.join(missing)}")


def _with_files_of_folders(root: Path, paths: Iterable[Path]) -> set[Path]:
    """Return paths, and every file in those that are folders."""
    inside = {file for path in paths for file in (root / path).rglob("*")}
    return {*paths, *(file.relative_to(root) for file in inside if file.is_file())}


def _is_copied(file: Path) -> bool:
    """Return whether the site has a file as it is: a picture, or what is no text."""
    try:
        file.read_text("utf-8")
    except UnicodeDecodeError:
        return True
    return file.suffix == ".svg"


def _shown(root: Path, path: Path) -> str:
    """Return a page that shows a file, or lists the files of a folder."""
    if (root / path).is_dir():
        files = sorted(_with_files_of_folders(root, [path]) - {path})
        rows = (
            f"- [`{file.relative_to(path)}`](/{_staged(root, file)})" for file in files
        )
        return f"{HEAD}# `{path}/`\n\n" + "\n".join(rows) + "\n"
    text = (root / path).read_text("utf-8")
    language = LANGUAGES.get(path.suffix, "text")
    fence = "`" * (max(map(len, re.findall("`+", text)), default=2) + 1)
    return f"{HEAD}# `{path}`\n\n{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _toctrees(groups: Mapping[str, Iterable[Entry]]) -> str:
    trees = [_toctree("", [f"All pages <{_document(INDEX)}>"])]
    for title, entries in groups.items():
        names = [
            f"{entry.title} <{_document(entry.page)}>"
            for entry in entries
            if entry.page != START
        ]
        trees.append(_toctree(title, names))
    return "".join(trees)


def _toctree(caption: str, names: Iterable[str]) -> str:
    lines = [":hidden:", *([f":caption: {caption}"] if caption else []), "", *names]
    return "\n```{toctree}\n" + "\n".join(lines) + "\n```\n"


def _document(page: Path) -> str:
    """Return the generator's name of a page."""
    return "/" + str(page.with_suffix("")).replace("README", "index")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
