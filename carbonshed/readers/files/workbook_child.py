"""A process that opens a workbook which may be damaged: ``workbook_child.py PATH``.

calamine allocates the grid around all cells of a sheet. Where two lie far from each
other, that takes all memory or ends the process, so this one imports nothing else.
"""

import resource
import sys

MAX_BYTES = 3 << 30  # address space


def _main(path: str) -> None:
    _, highest = resource.getrlimit(resource.RLIMIT_AS)
    limit = MAX_BYTES
    if highest != resource.RLIM_INFINITY:
        limit = min(limit, highest)
    resource.setrlimit(resource.RLIMIT_AS, (limit, highest))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    for sheet in book.sheet_names:
        book.get_sheet_by_name(sheet)


if __name__ == "__main__":
    _main(sys.argv[1])
