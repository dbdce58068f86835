"""A wheel of the checkout, and a folder into which it is installed."""

import subprocess
import sys
from pathlib import Path

from support.copies import CHECKOUT

# dependencies are in the environment of the tests; nothing comes from the network
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_OFFLINE = ("--no-deps", "--no-index")


def build_wheel(folder: Path, source: Path = CHECKOUT) -> Path:
    """Build a wheel of a project, or of its sdist, and return it."""
    options = (*_OFFLINE, "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([*_PIP, "wheel", *options, str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install_wheel(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a folder for PYTHONPATH, in place of an earlier one."""
    options = (*_OFFLINE, "--upgrade", "--target", str(folder))
    subprocess.run([*_PIP, "install", *options, str(wheel)], check=True)
    return folder
