"""A format of ``carbonshed ingest``: its name, and the options that it takes."""

from dataclasses import dataclass

Explained = tuple[tuple[str, str], ...]

# a tidy folder has these tables inside
_OF_MATRICES: Explained = (
    (
        "assumptions",
        "a folder with relative_errors, import_intensities or other tables of "
        "assumptions, .csv or .parquet",
    ),
)


@dataclass(frozen=True)
class Format:
    """One format of ``carbonshed ingest``."""

    name: str  # the word on the command line
    title: str  # the title of the format
    source: str  # the kind of SOURCE: a folder, a file
    reader: str  # ``package.module:function``; imported when it is used
    # options that must and that may be given, fields of `IngestOptions`, with reasons
    needs: Explained = ()
    takes: Explained = ()
    # words for ``--accept``, each with what the user agrees to
    accepts: Explained = ()
    extra: str | None = None  # optional dependencies, ``carbonshed[EXTRA]``
    # the reader returns a `MatrixTable` of one year, or a list of them; otherwise it
    # stores the dataset itself
    is_matrix: bool = True

    @property
    def all_takes(self) -> Explained:
        """`takes`, with what every format takes whose reader returns matrices."""
        return (*self.takes, *_OF_MATRICES) if self.is_matrix else self.takes


def flag_of(option: str) -> str:
    """Return an option as it is typed: ``emissions_unit`` is --emissions-unit."""
    # given several times on the command line, a tuple in `IngestOptions`
    typed = "stressor" if option == "stressors" else option.replace("_", "-")
    return f"--{typed}"
