"""Cells out of files: workbooks, CSV, MATLAB files and YAML."""

import importlib
from types import ModuleType

from carbonshed.errors import CarbonshedError
from carbonshed.text import install_command


def need_module(module: str, extra: str, what: str) -> ModuleType:
    """Return an optional module.

    Parameters
    ----------
    module
        Its name, as imported.
    extra
        The extra of this package that brings it.
    what
        The task that needs it, to begin the message with.

    Raises
    ------
    CarbonshedError
        If it is not installed; the message says how to.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise CarbonshedError(
            f"{what} needs {module}, which is not installed: {install_command(extra)}"
        ) from None
