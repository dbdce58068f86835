"""All formats that can be read; each publisher's folder declares its own.

The declarations import nothing but `Format`, so that the command line starts quickly.
"""

from carbonshed.errors import CarbonshedError
from carbonshed.readers.china import formats as china
from carbonshed.readers.format import Format
from carbonshed.readers.tidy import formats as tidy
from carbonshed.readers.workbook import formats as workbook
from carbonshed.readers.world import formats as world
from carbonshed.text import listing, suggestion

FORMATS = {
    form.name: form
    for folder in (tidy, china, workbook, world)
    for form in folder.FORMATS
}


def format_of(name: str) -> Format:
    """Return the format called `name`.

    Raises
    ------
    CarbonshedError
        If there is none.
    """
    if name not in FORMATS:
        raise CarbonshedError(
            f"format {name!r} is not known{suggestion(name, FORMATS)}; formats: "
            f"{listing(FORMATS)}"
        )
    return FORMATS[name]
