"""Cells out of files: workbooks, CSV, MATLAB files and YAML."""

import importlib
from types import ModuleType

from carbonshed.errors import CarbonshedError
from carbonshed.paths import install_command


def need_module(module: str, extra: str, what: str) -> ModuleType:
    """Return an optional module, or refuse and name the `extra` that brings it.

    The message begins with `what`, the task that needs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise CarbonshedError(
            f"{what} needs {module}, which is not installed: {install_command(extra)}"
        ) from None
