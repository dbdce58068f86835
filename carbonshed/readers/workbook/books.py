"""The files of a source and their sheets, opened once each."""

from dataclasses import replace
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.folders import file_of, files_of
from carbonshed.readers.files.grids import CsvGrids, CsvStyle, Grid, WorkbookGrids
from carbonshed.readers.files.workbooks import SUFFIXES
from carbonshed.text import listing


class Books:
    """The sheets of a workbook, of a CSV file, or of all files of a folder.

    Parameters
    ----------
    source
        The file or folder.
    style
        How CSV files are written; None for workbooks.
    texts
        How numbers are written that a workbook stores as texts, if it does.

    Raises
    ------
    CarbonshedError
        If there is no such file, or none of that kind in the folder.
    """

    def __init__(
        self, source: Path, style: CsvStyle | None, texts: CsvStyle | None = None
    ) -> None:
        if not source.exists():
            raise CarbonshedError(f"{source}: no such file or folder")
        self.source = source
        self._style, self._texts = style, texts
        self._open: dict[Path, WorkbookGrids | CsvGrids] = {}

    def grid(
        self, file: str | None, sheet: str | None, marks: frozenset[str] = frozenset()
    ) -> Grid:
        """Return a sheet.

        Parameters
        ----------
        file
            Its file; None if the source is a file or has only one.
        sheet
            Its name, or the CSV file; None if there is only one.
        marks
            Texts in it that mean zero.

        Raises
        ------
        CarbonshedError
            If there is none of that name, or several and no name.
        """
        path = self._path(file)
        if path not in self._open:
            self._open[path] = (
                WorkbookGrids(path, self._texts)
                if self._style is None
                else CsvGrids(path, self._style)
            )
        return replace(self._open[path].grid(sheet), marks=marks)

    def _path(self, file: str | None) -> Path:
        if not self.source.is_dir():
            if file not in (None, self.source.name):
                raise CarbonshedError(
                    f"{self.source.name}: the map says `file: {file}`; expected the "
                    "folder of its files as SOURCE"
                )
            return self.source
        if file is not None:
            return file_of(self.source, file)
        if self._style is not None:
            return self.source
        books = files_of(self.source, SUFFIXES)
        if len(books) != 1:
            found = listing(sorted(path.name for path in books), 8)
            raise CarbonshedError(
                f"{self.source}: `file` is missing in the map, and the folder has "
                f"{len(books)} workbooks: {found}"
            )
        return books[0]
