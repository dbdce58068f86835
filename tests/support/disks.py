"""Disks that are small, that fail, and that lose power.

The last two take the place of `carbonshed.files.disk`.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from carbonshed.files import Disk


@contextmanager
def small_disk(path: Path, size: str) -> Iterator[Path]:
    """Mount a disk of its own on a new folder; skip where that is not permitted."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    try:
        run = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command to make a small disk with")
    if run.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {run.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


class FailingDisk(Disk):
    """A disk on which one call fails, whichever it is: a write, a sync or a rename.

    Parameters
    ----------
    number
        Which call, from 0.
    error
        Its errno. A file of which the writing fails is left half written.
    """

    def __init__(self, number: int, error: int) -> None:
        self._left = number
        self._error = error
        self.has_failed = False

    def _is_time(self) -> bool:
        self._left -= 1
        self.has_failed |= self._left == -1
        return self._left == -1

    def _fail(self, path: Path) -> None:
        raise OSError(self._error, os.strerror(self._error), str(path))

    @contextmanager
    def writing(self, path: Path) -> Iterator[Path]:
        yield path
        if self._is_time():
            if path.exists():
                os.truncate(path, path.stat().st_size // 2)
            self._fail(path)

    def sync(self, path: Path) -> None:
        if self._is_time():
            self._fail(path)

    def rename(self, path: Path, target: Path) -> None:
        if self._is_time():
            self._fail(path)
        super().rename(path, target)


class ForgetfulDisk(Disk):
    """A disk that keeps, at every step, what a power cut would leave of a folder.

    Two kinds of file systems: a strict one, on which neither content nor names outlive
    a power cut unless they were synced; and one that keeps all names at once, as
    journals do, with files that were not synced empty.

    Parameters
    ----------
    root
        The folder, all of whose content counts as synced.
    states
        Where to put the copies, one folder for each state that differs from those
        before it.
    """

    def __init__(self, root: Path, states: Path) -> None:
        self._root, self._states = root, states
        self._contents: dict[int, bytes] = {}
        # by folder: target of a link, or number and whether it is a folder
        self._names: dict[int, dict[str, Path | tuple[int, bool]]] = {}
        self._open: list[int] = []  # so that no number is given to another file
        self._seen: dict[tuple, str] = {}
        self.steps: list[str] = []
        self.last: dict[str, str] = {}  # by kind of file system
        for folder, _, files in os.walk(root):
            for file in files:
                self._keep(Path(folder, file))
            self._keep(Path(folder))

    def _keep(self, path: Path) -> None:
        """Take what there is of a file or a folder as synced."""
        if path.is_symlink():
            return
        self._open.append(os.open(path, os.O_RDONLY))
        number = path.stat().st_ino
        if path.is_dir():
            self._names[number] = {
                each.name: each.readlink()
                if each.is_symlink()
                else (each.stat().st_ino, each.is_dir())
                for each in path.iterdir()
            }
            for each in path.iterdir():
                if not each.is_symlink():
                    self._open.append(os.open(each, os.O_RDONLY))
        else:
            self._contents[number] = path.read_bytes()

    @contextmanager
    def writing(self, path: Path) -> Iterator[Path]:
        yield path
        self.remember(f"{path.name} written")

    def sync(self, path: Path) -> None:
        self._keep(path)
        self.remember(f"{path.name} synced")

    def rename(self, path: Path, target: Path) -> None:
        super().rename(path, target)
        self.remember(f"{target.name} renamed")

    def remember(self, step: str) -> None:
        """Keep what a power cut would leave now."""
        trees = (
            self._strict(self._root.stat().st_ino, Path()),
            self._with_all_names(),
        )
        for kind, tree in zip(("strict", "journal"), trees, strict=True):
            key = tuple(sorted(tree.items(), key=str))
            if key not in self._seen:
                self._seen[key] = f"{len(self.steps):03} {step}, {kind}"
                self.steps.append(self._seen[key])
                _write(self._states / self.steps[-1], tree)
            self.last[kind] = self._seen[key]

    def _strict(self, number: int, place: Path) -> dict[Path, bytes | Path | None]:
        """Return by place what is synced: content, target of a link, None: a folder."""
        tree: dict[Path, bytes | Path | None] = {}
        for name, found in self._names.get(number, {}).items():
            if isinstance(found, Path):
                tree[place / name] = found
                continue
            number, is_folder = found
            if is_folder:
                tree[place / name] = None
                tree |= self._strict(number, place / name)
            else:
                tree[place / name] = self._contents.get(number, b"")
        return tree

    def _with_all_names(self) -> dict[Path, bytes | Path | None]:
        tree: dict[Path, bytes | Path | None] = {}
        for folder, folders, files in os.walk(self._root):
            for name in (*folders, *files):
                path = Path(folder, name)
                place = path.relative_to(self._root)
                if path.is_symlink():
                    tree[place] = path.readlink()
                elif path.is_dir():
                    tree[place] = None
                else:
                    tree[place] = self._contents.get(path.stat().st_ino, b"")
        return tree

    def close(self) -> None:
        """Let go of the files."""
        for handle in self._open:
            os.close(handle)


def _write(folder: Path, tree: dict[Path, bytes | Path | None]) -> None:
    folder.mkdir(parents=True)
    for place, found in sorted(tree.items()):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if found is None:
            path.mkdir(exist_ok=True)
        elif isinstance(found, Path):
            path.symlink_to(found)
        else:
            path.write_bytes(found)


def put_back(state: Path, root: Path) -> None:
    """Make a folder what a power cut has left of it."""
    shutil.rmtree(root)
    shutil.copytree(state, root, symlinks=True)
