"""What is said besides results goes to standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """Show one changing line while something takes long; nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("") as status:
        yield status.update
