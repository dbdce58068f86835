"""A map of a plain matrix, to begin with."""

from importlib import resources
from pathlib import Path

from carbonshed.errors import CarbonshedError


def write_map_template(path: Path) -> None:
    """Write the map of a small example, with what every key means.

    Parameters
    ----------
    path
        A file that does not exist yet.

    Raises
    ------
    CarbonshedError
        If it exists or cannot be written.
    """
    folder = resources.files("carbonshed.readers.matrix")
    text = (folder / "matrix_map.yml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise CarbonshedError(
            f"{path}: exists; the template does not overwrite anything, choose another "
            "name"
        ) from None
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be written: {error.strerror}") from None
