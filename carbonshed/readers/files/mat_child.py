"""A struct of a MATLAB file of version 5 to 7, read in a process of its own.

SciPy takes lengths and types in the file on trust, and on a damaged one it may crash
instead of raising. The child's stdout is an unlinked file that takes the numbers,
mapped by the parent afterwards, so that nothing is left behind and no large array
goes through a pipe. Its stderr takes messages, one JSON object per line.
"""

import json
import math
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.text import Progress

Arrays = dict[str, np.ndarray]

_LIBRARIES_BYTES = 2 << 30  # of address space, before anything is read
_MAX_EXPANSION = 2 * 1032  # what zlib can expand to, and a copy


class ChildDiedError(RuntimeError):
    """The child ended without an answer."""


def read_in_child(
    path: Path, name: str, fields: tuple[str, ...], progress: Progress
) -> Arrays:
    """Return what `mat_files.load_struct` returns, called in a child process.

    Raises
    ------
    CarbonshedError
        What the child refuses, or if its numbers find no room on the disk.
    ChildDiedError
        If it crashed or was killed.
    """
    with tempfile.TemporaryFile() as numbers:
        answer = _run(path, name, fields, numbers, progress)
        if "refusal" in answer:
            raise CarbonshedError(answer["refusal"])
        return _mapped(numbers, answer["shapes"])


def _run(
    path: Path,
    name: str,
    fields: tuple[str, ...],
    numbers: IO[bytes],
    progress: Progress,
) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", __name__, str(path), name, *fields]
    answer = None
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,  # the child ends when it is closed
        stdout=numbers,
        stderr=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # threads take address space
    ) as child:
        for line in child.stderr:
            try:
                message = json.loads(line)
            except ValueError:  # a warning of a library
                continue
            if "share" in message:
                progress(f"reading {path.name}", message["share"])
            else:
                answer = message
    if answer is None:
        code = child.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit {code}"
        lack = " (too little memory?)" if code == -signal.SIGKILL else ""
        raise ChildDiedError(f"the process that read it died: {how}{lack}")
    return answer


def _mapped(numbers: IO[bytes], shapes: dict[str, list[int]]) -> Arrays:
    """Return views of the file; writing to them does not change it."""
    arrays, start = {}, 0
    size = os.fstat(numbers.fileno()).st_size
    content = mmap.mmap(numbers.fileno(), 0, access=mmap.ACCESS_COPY) if size else b""
    for field, shape in shapes.items():
        count = math.prod(shape)
        flat = np.frombuffer(content, count=count, offset=start) if count else []
        arrays[field] = np.asarray(flat, dtype=float).reshape(shape, order="F")
        start += 8 * count
    return arrays


def _main(path: str, name: str, *fields: str) -> None:
    from carbonshed.readers.files.mat_files import load_struct

    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(Path(path).stat().st_size)
    last = 0.0

    def progress(_: str, share: float) -> None:
        nonlocal last
        if share >= last + 0.01 or share == 1.0:
            _send({"share": share})
            last = share

    try:
        arrays = load_struct(Path(path), name, fields, progress)
        for array in arrays.values():
            sys.stdout.buffer.write(np.ascontiguousarray(array.T).data)
        sys.stdout.buffer.flush()
        _send({"shapes": {field: array.shape for field, array in arrays.items()}})
    except CarbonshedError as refusal:
        _send({"refusal": str(refusal)})
    except OSError as error:
        _send(
            {
                "refusal": f"{tempfile.gettempdir()}: no place for the numbers of "
                f"{path}: {error.strerror}; TMPDIR names another folder"
            }
        )


def _limit_memory(size: int) -> None:
    """Let a damaged length not take the memory of the whole machine."""
    import resource

    limit = _LIBRARIES_BYTES + _MAX_EXPANSION * size
    _, highest = resource.getrlimit(resource.RLIMIT_AS)
    if highest == resource.RLIM_INFINITY or limit < highest:
        resource.setrlimit(resource.RLIMIT_AS, (limit, highest))


def _send(message: dict[str, Any]) -> None:
    print(json.dumps(message), file=sys.stderr, flush=True)


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])
