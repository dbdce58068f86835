"""MATLAB files, of version 7 and of version 7.3, as arrays by name.

The two have nothing in common but their name. Version 7 is MATLAB's own format, read
by SciPy in a child process. Version 7.3 is HDF5, read by h5py, where every matrix
arrives transposed. Both give arrays that lie by column, as in MATLAB, without a copy.

The child process is there because SciPy takes lengths and types in the file on trust,
and on a damaged one it may crash instead of raising. The child's stdout is an unlinked
file that takes the numbers, mapped by the parent afterwards, so that nothing is left
behind and no large array goes through a pipe. Its stderr takes messages, each a line
of JSON.
"""

import io
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
from carbonshed.progress import Progress
from carbonshed.readers.files import need_module
from carbonshed.text import first_line

_HDF5 = b"\x89HDF\r\n\x1a\n"
_MATLAB = b"MATLAB "
_HDF5_AT = (0, 512)  # MATLAB puts its own header of 512 bytes before HDF5
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive or workbook",
    b"\xd0\xcf\x11\xe0": "an old .xls workbook",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"PAR1": "a Parquet file",
}
_EXTRA = "ceads"
_LIBRARIES_BYTES = 2 << 30  # address space before anything is read
_MAX_EXPANSION = 2 * 1032  # the most that zlib expands to, and a copy

Arrays = dict[str, np.ndarray]


def read_struct(
    path: Path, name: str, fields: tuple[str, ...], progress: Progress
) -> dict[str, np.ndarray]:
    """Read a struct of a MATLAB file of version 5 to 7.3.

    Parameters
    ----------
    fields
        Fields to read; those that the struct does not have are left out.

    Returns
    -------
    dict of str to ndarray of float64
        The fields, in the shape they have in MATLAB. All names of the struct are
        keys; the arrays of fields that were not asked for are empty.
    """
    if is_hdf5(path):
        return _read_hdf5(path, name, fields, progress)
    try:
        return read_in_child(path, name, fields, progress)
    except ChildDiedError as error:
        raise _cut(path, error) from None


def is_hdf5(path: Path) -> bool:
    """Return whether a MATLAB file is of version 7.3; refuse any other file."""
    if not path.is_file():
        content = "is a folder" if path.is_dir() else "no such file"
        raise CarbonshedError(f"{path}: {content}; expected a .mat file")
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    if any(start[at:].startswith(_HDF5) for at in _HDF5_AT):
        return True
    if start.startswith(_MATLAB):
        return False
    kinds = (kind for head, kind in _OTHER_KINDS.items() if start.startswith(head))
    content = f"it is {next(kinds, 'something else')}" if start else "it is empty"
    raise CarbonshedError(
        f"{path.name}: not a MATLAB file ({_size(path)}): {content}; expected a .mat "
        "file of version 7 or 7.3"
    )


def _size(path: Path) -> str:
    return f"{path.stat().st_size:,} bytes"


def _cut(path: Path, error: Exception) -> CarbonshedError:
    reason = first_line(error)
    return CarbonshedError(
        f"{path.name}: cannot be read to its end ({_size(path)}; {reason[:120]}): the "
        "file was cut or is damaged; copy or download it again"
    )


class _CountedFile(io.FileIO):
    """A file that reports how much of it was read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path)
        self._size = max(1, path.stat().st_size)
        self._step = f"reading {path.name}"
        self._progress = progress

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(-1 if size is None else size)
        self._progress(self._step, min(1.0, self.tell() / self._size))
        return block


def load_struct(
    path: Path, name: str, fields: tuple[str, ...], progress: Progress
) -> dict[str, np.ndarray]:
    """Read a struct of a file of version 5 to 7 in this process.

    On a damaged file SciPy may crash the process: call it in a child.
    """
    from scipy.io import loadmat, whosmat

    try:
        variables = [variable for variable, *_ in whosmat(path)]
        content = None
        if name in variables:
            with _CountedFile(path, progress) as file:
                content = loadmat(file, variable_names=[name])[name]
    except Exception as error:  # a damaged file makes SciPy raise anything
        raise _cut(path, error) from None
    if content is None:
        raise _no_struct(path, name, variables)
    if content.dtype.names is None or content.size != 1:
        kind = "a table of structs" if content.dtype.names else "no struct"
        raise CarbonshedError(
            f"{path.name}: {name} is {kind} ({content.dtype}, {content.shape}); "
            "expected one struct"
        )
    struct = content.ravel()[0]
    return {
        _label(field): _numbers(path, f"{name}.{field}", struct[field])
        if field in fields
        else np.zeros(0)
        for field in content.dtype.names
    }


def _read_hdf5(
    path: Path, name: str, fields: tuple[str, ...], progress: Progress
) -> dict[str, np.ndarray]:
    h5py = need_module("h5py", _EXTRA, f"{path.name}: a MATLAB file of version 7.3")
    try:
        file = h5py.File(path)
    except Exception as error:  # h5py raises what HDF5 says
        raise _cut(path, error) from None
    with file:
        try:
            # not get(), which returns None for a broken link in a damaged file
            group = file[name] if name in file else None  # noqa: SIM401
            variables = [label for label in map(_label, file) if "#" not in label]
        except Exception as error:
            raise _cut(path, error) from None
        if group is None:
            raise _no_struct(path, name, variables)
        if not isinstance(group, h5py.Group):
            raise CarbonshedError(
                f"{path.name}: {name} is no struct; expected one struct"
            )
        try:
            return _read_group(path, group, fields, progress)
        except CarbonshedError:
            raise
        except Exception as error:
            raise _cut(path, error) from None


def _read_group(
    path: Path, group: Any, fields: tuple[str, ...], progress: Progress
) -> dict[str, np.ndarray]:
    arrays = {}
    sizes = {
        field: math.prod(getattr(group[field], "shape", None) or (0,))
        for field in group
        if field in fields
    }
    done, total = 0, max(1, sum(sizes.values()))
    for field in group:
        if field not in sizes:
            arrays[_label(field)] = np.zeros(0)
            continue
        data = group[field]
        label = f"{group.name.strip('/')}.{field}"
        if "MATLAB_sparse" in data.attrs:
            raise _sparse(path, label)
        if not hasattr(data, "shape") or data.dtype.kind not in "fiu":
            raise _no_numbers(path, label)
        if data.attrs.get("MATLAB_empty"):
            arrays[field] = np.zeros((0, 0))
            continue
        _refuse_lie(label, data)
        # read in steps, to show progress
        array = np.empty(data.shape, dtype=np.float64)
        step = max(1, (1 << 24) // max(1, math.prod(data.shape[1:])))
        for start in range(0, len(array), step):
            rows = slice(start, min(start + step, len(array)))
            data.read_direct(array, rows, rows)
            part = (done + array[: rows.stop].size) / total
            progress(f"reading {path.name}", min(1.0, part))
        done += array.size
        arrays[field] = array.T  # a view: in HDF5 the axes are exchanged
    return arrays


def _refuse_lie(label: str, data: Any) -> None:
    """Refuse a shape for which there are too few bytes: the others would be zeros."""
    stored = data.id.get_storage_size()
    if data.size * data.dtype.itemsize > _MAX_EXPANSION * stored:
        raise ValueError(
            f"{label} says that it has {data.size:,} numbers, of which there are"
            f" {stored:,} bytes"
        )


def _numbers(path: Path, label: str, array: Any) -> np.ndarray:
    """Return a field as float64, without a copy if it is."""
    if not isinstance(array, np.ndarray):  # SciPy returns its own sparse type
        raise _sparse(path, label)
    if array.dtype.kind not in "fiu":
        raise _no_numbers(path, label)
    return np.asarray(array, dtype=np.float64)


def _label(name: str | bytes) -> str:
    """Return a name of the file; one that is no identifier is escaped."""
    return name if isinstance(name, str) and name.isidentifier() else ascii(name)


def _no_numbers(path: Path, label: str) -> CarbonshedError:
    return CarbonshedError(
        f"{path.name}: {label} does not hold real numbers; expected a matrix of numbers"
    )


def _sparse(path: Path, label: str) -> CarbonshedError:
    return CarbonshedError(
        f"{path.name}: {label} is a sparse matrix; expected a full one, as published: "
        f"full({label}) in MATLAB"
    )


def _no_struct(path: Path, name: str, variables: list[str]) -> CarbonshedError:
    listed = ", ".join(map(_label, variables[:20])) or "none"
    hint = ""
    if any(variable.startswith(f"{name}_") for variable in variables):
        hint = (
            f"; a copy of the table with one variable per block ({name}_...) is not "
            "the published file: categories of final demand may have been added up"
        )
    return CarbonshedError(
        f"{path.name}: no variable {name!r}; variables found: {listed}; expected the "
        f"struct {name} with the blocks of the table{hint}"
    )


class ChildDiedError(RuntimeError):
    """The child ended without an answer."""


def read_in_child(
    path: Path, name: str, fields: tuple[str, ...], progress: Progress
) -> Arrays:
    """Return the result of `mat_files.load_struct`, called in a child process."""
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
