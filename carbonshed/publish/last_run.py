"""How the last run on a warehouse ended, where it did not become the warehouse.

What passed says so in the warehouse itself, in the table ``main.last_build``. What
did not is a note beside it, ``warehouse/.building/NAME.json``.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.files import write_whole
from carbonshed.warehouse.build_file import WORKSHOP

_STACK_BEGINS = "Traceback (most recent call last):"
_OURS = f"{CarbonshedError.__module__}.{CarbonshedError.__qualname__}: "


@dataclass(frozen=True)
class Failure:
    """Something that did not pass.

    Attributes
    ----------
    name
        The model, seed or test.
    kind
        What of these it is, as dbt calls it.
    message
        What dbt said of it.
    """

    name: str
    kind: str
    message: str

    def words(self) -> list[str]:
        """Return the lines of the message, without the stack of a Python model."""
        lines = [line for line in self.message.splitlines() if line.strip()]
        stacks = [
            place for place, line in enumerate(lines) if line.strip() == _STACK_BEGINS
        ]
        if stacks:
            indent = _indent(lines[stacks[-1]])
            # calls stand further to the right than the error that follows them
            after = (
                place
                for place in range(stacks[-1] + 1, len(lines))
                if _indent(lines[place]) <= indent
            )
            lines = lines[: stacks[0]] + lines[next(after, len(lines)) :]
        return [line.strip().removeprefix(_OURS) for line in lines]


@dataclass(frozen=True)
class LastRun:
    """How a run ended.

    Attributes
    ----------
    outcome
        ``failed``; ``refused``, before anything was built; ``interrupted``, by a
        signal or because not even an end could be made of it; or ``unpublished``:
        it became the warehouse, but could not be published.
    ended_at
        When, UTC.
    failures
        Why.
    """

    outcome: str
    failures: tuple[Failure, ...] = ()
    ended_at: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(tzinfo=None)
    )


def note_run(warehouse: Path, run: LastRun) -> None:
    """Keep a note of how a run ended; a disk that is full keeps none."""
    content = asdict(run) | {"ended_at": run.ended_at.isoformat()}
    with suppress(OSError):
        path = _note(warehouse)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def forget_runs(warehouse: Path) -> None:
    """Drop the note: a later run has passed."""
    _note(warehouse).unlink(missing_ok=True)


def noted_run(warehouse: Path, built_at: datetime | None) -> LastRun | None:
    """Return how the last run ended, if the warehouse does not come from a later one.

    Parameters
    ----------
    warehouse
        ``warehouse/NAME.duckdb``.
    built_at
        When the warehouse was built, UTC; None if there is none.

    Raises
    ------
    CarbonshedError
        If the note cannot be read.
    """
    try:
        content = json.loads(_note(warehouse).read_text(encoding="utf-8"))
        run = LastRun(
            content["outcome"],
            tuple(Failure(**failure) for failure in content["failures"]),
            datetime.fromisoformat(content["ended_at"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as failure:
        msg = f"{_note(warehouse)} does not say how the last build ended; remove it"
        raise CarbonshedError(msg) from failure
    is_earlier = built_at is not None and run.ended_at < built_at
    return None if is_earlier else run


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _note(warehouse: Path) -> Path:
    return warehouse.parent / WORKSHOP / f"{warehouse.stem}.json"
