"""The command that makes a dbt project of the user's, with Carbonshed as a package."""

import errno
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from carbonshed import __version__
from carbonshed.errors import CarbonshedError
from carbonshed.files import write_whole
from carbonshed.paths import (
    DEPENDENCIES_FILE,
    OWN_NAME,
    PACKAGES_FILE,
    PROJECT_FILE,
    installed_package,
    name_of,
    package_link,
    refuse_apostrophe,
    settings_of,
    shipped_project,
    uses_package,
)

_TEMPLATE = Path(__file__).parent / "project_template"
_SUFFIX = ".txt"  # neither dbt nor a linter of the clone reads a template
_PROFILES, _IGNORED = "profiles.yml", ".gitignore"
# files that are the same in Carbonshed's own project
_AS_SHIPPED = (_PROFILES, "selectors.yml")
_RESERVED = (OWN_NAME, "dbt", "dbt_duckdb")  # names of dbt packages
# flags without which a build of Carbonshed's models is not what it seems
_FLAGS = (
    "require_generic_test_arguments_property",
    "skip_nodes_if_on_run_start_fails",
    "require_ref_searches_node_package_before_root",
)


def init(
    name_of_folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="A new folder, or a dbt project.")
    ],
) -> None:
    """Make a dbt project of your own, with Carbonshed as a dbt package in it.

    In an existing dbt project, add the missing files, change none, and print
    what you must merge. Run it again in the same folder to link the package
    of the carbonshed that is installed now.
    """
    # an empty text, as of a variable that is not set, would be the current folder
    if not name_of_folder.strip():
        raise CarbonshedError(
            "FOLDER is empty; expected the name of a folder, or . for the current one"
        )
    folder = Path(name_of_folder)
    root = folder.resolve()
    _refuse_place(folder, root)
    is_new = not (root / PROJECT_FILE).exists()
    name = name_of(root) or _project_name(root.name)
    files = _files(name)
    # the project file comes last: without it, whoever was stopped begins anew
    missing = [path for path in files if not (root / path).exists()]
    missing.sort(key=lambda path: path == PROJECT_FILE)
    if not is_new:
        missing = [path for path in missing if _is_needed(root, path)]
    try:
        for path in missing:
            _write(root / path, files[path])
        link = _renew_link(root)
    except OSError as error:
        raise CarbonshedError(
            f"{error.filename or folder}: cannot be written: {error.strerror}"
        ) from None
    typer.echo(f"{folder}: the dbt project {name}, on Carbonshed {__version__}")
    if missing:
        typer.echo(f"  written: {', '.join(missing)}")
    typer.echo(f"  {link.relative_to(root)} leads to {link.readlink()}")
    for remark in _remarks(root, files):
        typer.echo(f"\n{remark}")
    steps = [] if root == Path.cwd() else [f"cd {folder}"]
    steps += [] if _install(root) else ["dbt deps"]
    steps += ["carbonshed build"]
    typer.echo(f"\nnext: {' && '.join(steps)}")


def _refuse_place(folder: Path, root: Path) -> None:
    """Refuse a place where no project of the user's can be."""
    refuse_apostrophe(root)
    if root.exists() and not root.is_dir():
        raise CarbonshedError(f"{folder}: is a file; expected a folder, or a new name")
    for outer in root.parents:
        if (outer / PROJECT_FILE).exists():
            raise CarbonshedError(
                f"{folder}: is inside another dbt project, {outer}; name a folder"
                " outside of it, or that project itself"
            )
    if name_of(root) == OWN_NAME:
        raise CarbonshedError(
            f"{folder}: is Carbonshed's own dbt project, where `dbt build` works as it"
            " is; name another folder for a project of yours"
        )


def _project_name(name: str) -> str:
    """Return a name that dbt allows to a project, made of that of its folder."""
    import yaml

    words = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    is_text = isinstance(yaml.safe_load(words), str)  # and neither `on` nor `2016`
    if not is_text or words[0].isdigit() or words in _RESERVED:
        return f"project_{words}".rstrip("_")
    return words


def _files(name: str) -> dict[str, str]:
    """Return the text of each file of a new project by its path."""
    files = {
        str(path.relative_to(_TEMPLATE)).removesuffix(_SUFFIX): path.read_text("utf-8")
        for path in sorted(_TEMPLATE.rglob(f"*{_SUFFIX}"))
    }
    files = {path: text.replace("MINE", name) for path, text in files.items()}
    files[_IGNORED] = files.pop("gitignore")
    shipped = shipped_project()
    return files | {path: (shipped / path).read_text("utf-8") for path in _AS_SHIPPED}


def _is_needed(root: Path, path: str) -> bool:
    """Return whether a project that was there before needs a file that it lacks."""
    if path == _PROFILES:  # it would hide the profiles of the user
        return settings_of(root / PROJECT_FILE).get("profile") == OWN_NAME
    if path == PACKAGES_FILE:
        return not _packages(root / DEPENDENCIES_FILE)
    return path in (_IGNORED, *_AS_SHIPPED)


def _write(path: Path, text: str) -> None:
    if path.is_symlink():  # a link of the user's that leads nowhere
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)


def _renew_link(root: Path) -> Path:
    """Let the link of a project lead to the dbt project of this installation."""
    link, shipped = package_link(root), shipped_project()
    if link.is_symlink() and link.readlink() == shipped:
        return link
    if link.is_dir() and not link.is_symlink():
        raise CarbonshedError(
            f"{link}: is a folder; expected a link, which this command makes: remove it"
        )
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{link.name}.{os.getpid()}")
    new.symlink_to(shipped)
    new.replace(link)
    return link


def _remarks(root: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Say what the files of a project lack, or have otherwise than those of init."""
    import yaml

    if lacking := _lacking(settings_of(root / PROJECT_FILE), files):
        block = yaml.safe_dump(lacking, sort_keys=False)
        yield f"{PROJECT_FILE} needs this besides:\n\n{block}"
    if not uses_package(root):
        file = (
            DEPENDENCIES_FILE if _packages(root / DEPENDENCIES_FILE) else PACKAGES_FILE
        )
        yield f"{file} needs this besides:\n\n{files[PACKAGES_FILE]}"
    for path in _AS_SHIPPED:
        own, shipped = root / path, package_link(root).relative_to(root) / path
        if path == _PROFILES and OWN_NAME not in settings_of(own):
            yield f"{path} needs the profile `{OWN_NAME}` besides; it is in {shipped}"
        elif own.read_text("utf-8", "replace") != files[path]:
            yield f"{path} differs from {shipped}: compare, take over what you need"
    ignored = (root / _IGNORED).read_text("utf-8", "replace").splitlines()
    missing = [line for line in files[_IGNORED].splitlines() if line not in ignored]
    if missing:
        yield f"{_IGNORED} lacks: {' '.join(missing)}"


def _lacking(project: dict[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """Return what the settings of a project lack that a build cannot do without."""
    import yaml

    usual = yaml.safe_load(files[PROJECT_FILE])
    lacking: dict[str, Any] = {}
    if project.get("profile") != usual["profile"]:
        lacking["profile"] = usual["profile"]
    flags = project.get("flags") or {}
    if missing := [flag for flag in _FLAGS if flags.get(flag) is not True]:
        lacking["flags"] = dict.fromkeys(missing, True)
    return lacking


def _packages(file: Path) -> list[Any]:
    return settings_of(file).get("packages") or []


def _install(root: Path) -> bool:
    """Let dbt install the package, where nothing else is to be fetched with it.

    Return whether it is installed now.
    """
    package, link = installed_package(root), package_link(root)
    # a link of dbt is absolute: in a copy of the project it leads into the original
    if package.is_dir() and (not package.is_symlink() or package.readlink() == link):
        return True
    local = [{"local": str(link.relative_to(root))}]
    program = Path(sys.executable).with_name("dbt")
    is_alone = _packages(root / PACKAGES_FILE) == local
    if not is_alone or (root / DEPENDENCIES_FILE).exists() or not program.is_file():
        return False
    import subprocess

    result = subprocess.run(
        [program, "deps"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        raise CarbonshedError(
            f"the files are written, but `dbt deps` in {root} failed:\n{result.stdout}"
        )
    typer.echo(f"  {os.path.relpath(package, root)} installed by `dbt deps`")
    return True
