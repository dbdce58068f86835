"""All files of a year of a table, one after the other."""

import re
import shutil
import zipfile
from pathlib import Path

from carbonshed.download.fetch import Fetched, fetch
from carbonshed.download.sources import Plan, Remote
from carbonshed.errors import CarbonshedError
from carbonshed.files import replacing
from carbonshed.outputs import refuse_folders_of_commands
from carbonshed.text import Progress, listing


def download(plan: Plan, folder: Path, progress: Progress) -> list[Fetched]:
    """Download the files of a plan into a folder.

    Parameters
    ----------
    plan
        What to download.
    folder
        Where to; made if it is not there. Files that are there are checked only.
    progress
        Takes the name of a file and the share that is there.

    Raises
    ------
    CarbonshedError
        At the first file that cannot be had; what is complete stays. If it is a folder
        in which commands alone write.
    """
    refuse_folders_of_commands(folder)
    found = []
    for remote in plan.files:
        fetched = fetch(remote.url, folder / remote.name, progress, remote.page)
        found.append(fetched)
        if remote.member:
            _unpack(remote, fetched.path)
    return found


def _unpack(remote: Remote, archive: Path) -> None:
    """Take the one file that is wanted out of an archive, under the name it needs."""
    target = archive.parent / remote.becomes
    if target.exists():
        return
    try:
        with zipfile.ZipFile(archive) as packed:
            names = packed.namelist()
            members = [name for name in names if re.search(remote.member, name)]
            if len(members) != 1:
                raise CarbonshedError(
                    f"{archive}: has {len(members)} files for {target.name}; it has "
                    f"{listing(names, 12)}"
                )
            with (
                packed.open(members[0]) as source,
                replacing(target) as partial,
                partial.open("wb") as file,
            ):
                shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise CarbonshedError(f"{archive}: cannot be unpacked: {error}") from None
