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
    """One format of ``carbonshed ingest``.

    Attributes
    ----------
    name, title
        The word on the command line, and what it stands for.
    source
        The kind of SOURCE: a folder, a file.
    reader
        Its reader, ``package.module:function``; imported when it is used.
    needs, takes
        Options that must and that may be given, each with its reason; the names are
        fields of `IngestOptions`.
    accepts
        Words for ``--accept``, each with what the user agrees to.
    extra
        Optional dependencies, ``carbonshed[EXTRA]``.
    is_matrix
        The reader returns a `MatrixTable` of one year, or a list of them; otherwise
        it stores the dataset itself.
    """

    name: str
    title: str
    source: str
    reader: str
    needs: Explained = ()
    takes: Explained = ()
    accepts: Explained = ()
    extra: str | None = None
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
