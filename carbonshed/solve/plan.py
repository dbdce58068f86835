"""Which solve fits into memory: one factorisation, or sweeps over a file."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.leontief.system import COLUMNS_AT_A_TIME

AUTO, DIRECT, STREAMED = "auto", "direct", "streamed"
SOLVERS = (AUTO, DIRECT, STREAMED)  # that can be asked for
SPARSE = "sparse"  # chosen where it wins

# for DuckDB and Arrow while they read, and for buffers of BLAS
ROOM = 250_000_000
PROOFS = 40  # vectors: combinations of the equations, while they are made
FEWEST_COLUMNS = 16  # below it, reading takes longer than computing
FEWEST_ROWS = 64  # of a block, unless the largest region has more
MOST_ROWS = 2048  # of a block: larger ones save no sweeps
BLOCK_SHARE = 0.1  # of the memory, for a block of rows


@dataclass(frozen=True)
class Solver:
    """What was asked for.

    Attributes
    ----------
    name
        One of `SOLVERS`.
    memory_gb
        What a solve may take altogether, in GB (10^9 bytes); None is what is free.
    """

    name: str = AUTO
    memory_gb: float | None = None

    @classmethod
    def of(cls, name: str | None, memory_gb: str | float | None) -> "Solver":
        """Return what vars ask for; empty is not asked."""
        return cls(name or AUTO, float(memory_gb) if memory_gb else None)


@dataclass(frozen=True)
class Plan:
    """How a year is solved.

    Attributes
    ----------
    solver
        `DIRECT`, `STREAMED` or `SPARSE`.
    needs, free
        Bytes.
    rows, columns
        Of the matrix in memory at a time, and of demand solved at a time.
    """

    solver: str
    needs: int
    free: int
    rows: int
    columns: int

    def __str__(self) -> str:
        """Return a line for the log."""
        how = {
            DIRECT: "one factorisation in memory",
            SPARSE: "one sparse factorisation in memory",
            STREAMED: f"sweeps over a file, {self.rows:,} rows and {self.columns:,}"
            " demands at a time",
        }[self.solver]
        return f"{how}: {_gb(self.needs)} needed, {_gb(self.free)} free"


def plan(
    size: int, demands: int, solver: Solver, *, stressors: int = 0, region: int = 1
) -> Plan:
    """Choose how to solve, before memory is taken.

    Parameters
    ----------
    size
        n, the side of the matrix.
    demands
        k, the columns of demand.
    solver
        What was asked for.
    stressors
        q, the columns of intensities.
    region
        Rows of the largest region: a block holds whole ones.

    Raises
    ------
    CarbonshedError
        If what was asked for does not fit, or nothing does; with what each needs.
    """
    free = _free_for(solver)
    direct = _direct(size, demands, stressors, region, free)
    fewest = max(region, min(size, FEWEST_ROWS))
    least = _streamed(size, demands, stressors, fewest, free)
    if solver.name != STREAMED and direct.needs <= free:
        return direct
    if solver.name != DIRECT and least.needs <= free:
        wished = min(int(BLOCK_SHARE * free / (8 * size)), size, MOST_ROWS)
        wider = _streamed(size, demands, stressors, max(wished, fewest), free)
        return wider if wider.needs <= free else least
    least = _streamed(size, demands, stressors, fewest, 0)
    raise CarbonshedError(
        f"{size:,} region-sectors with {demands:,} columns of demand do not fit into"
        f" {_gb(free)} of memory: one factorisation needs {_gb(direct.needs)}, sweeps"
        f" over a file (var solver: streamed) {_gb(least.needs)} or more. Free memory,"
        " or add up regions or sectors: carbonshed aggregate"
    )


def require_inverse(size: int, columns: int) -> None:
    """Refuse to invert what does not fit; there is no other way to the inverse.

    Parameters
    ----------
    size
        n, the side of the matrix.
    columns
        Columns of the inverse that are in memory at a time.

    Raises
    ------
    CarbonshedError
        With what it needs and what is free.
    """
    free = free_memory()
    # unit demand beside its solution, and as rows for the table
    needs = _direct(size, 4 * columns, 0, 1, free).needs
    if needs > free:
        raise CarbonshedError(
            f"the full inverse of {size:,} region-sectors needs {_gb(needs)} of memory,"
            f" {_gb(free)} are free; no other table needs it: leave out the var"
            " leontief_inverse"
        )


def sparse_plan(
    size: int, demands: int, solver: Solver, *, stressors: int, cells: int, factors: int
) -> Plan | None:
    """Plan for sparse factors, or return None if they do not fit.

    Parameters
    ----------
    size, demands, solver, stressors
        As for `plan`.
    cells, factors
        Cells of the matrix that are filled, and of its factors at most.
    """
    free = _free_for(solver)
    # a value and an index; the matrix as read, as A, in order, and as a list of cells
    needs = 16 * (6 * cells + 2 * factors) + 8 * size * (demands + 2 * stressors + 512)
    needs += ROOM
    return Plan(SPARSE, needs, free, size, demands) if needs <= free else None


def free_memory() -> int:
    """Return the bytes that this process may still take.

    The least of what the system has, its control groups leave and its limits allow.
    """
    return min([_of_the_system(), *_of_control_groups(), *_of_limits()])


def _free_for(solver: Solver) -> int:
    """Return what is free, or less if less was asked for."""
    free = free_memory()
    return free if solver.memory_gb is None else min(free, int(solver.memory_gb * 1e9))


def _direct(size: int, demands: int, stressors: int, region: int, free: int) -> Plan:
    """Plan for A, whose place its factors take, as X that of Y."""
    # f and m; where industries are absent, a block of the others
    block = min(max(demands, stressors), COLUMNS_AT_A_TIME)
    vectors = demands + 2 * stressors + PROOFS + block
    # a region's own A before
    needs = 8 * (size**2 + region**2) + 8 * size * vectors + ROOM
    return Plan(DIRECT, needs, free, size, demands)


def _streamed(size: int, demands: int, stressors: int, rows: int, free: int) -> Plan:
    """Plan for Y, some columns of X, and one block of A."""
    # f, m, and three columns of its residual and products; a square and its factors
    vectors = demands + 5 * stressors + PROOFS
    fixed = 8 * size * (vectors + rows) + 16 * rows**2 + ROOM
    a_column = 8 * size + 32 * rows
    columns = min(max((free - fixed) // a_column, FEWEST_COLUMNS), demands)
    return Plan(STREAMED, fixed + a_column * columns, free, rows, columns)


def _of_the_system() -> int:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:  # not Linux: all memory is the best guess
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _kilobytes(lines, "MemAvailable")


def _of_control_groups(
    own: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> list[int]:
    """Return what the control groups of this process leave; file cache can go."""
    try:
        lines = own.read_text("utf-8").splitlines()
    except OSError:  # not Linux
        return []
    left = []
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers == "memory":
            version = _VERSION_1
            group = root / "memory" / name.strip("/")
        elif not controllers:
            version = _VERSION_2
            group = root / name.strip("/")
        else:
            continue
        left += [_left(folder, *version) for folder in (group, *group.parents)]
    return [amount for amount in left if amount is not None]


# files of a control group: its limit, its use, and the cache in `memory.stat`
_VERSION_1 = (
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "total_inactive_file",
)
_VERSION_2 = ("memory.max", "memory.current", "inactive_file")


def _left(group: Path, limit: str, use: str, cache: str) -> int | None:
    """Return what a control group leaves; None where there is no limit."""
    try:
        most = int((group / limit).read_text("ascii"))
        used = int((group / use).read_text("ascii"))
        stat = (group / "memory.stat").read_text("ascii").split()
    except (OSError, ValueError):  # no such file, or the word "max"
        return None
    return max(most - used + int(stat[stat.index(cache) + 1]), 0)


def _of_limits() -> list[int]:
    """Return what the limits of the process leave (ulimit -v, -d)."""
    limits = ((resource.RLIMIT_AS, "VmSize"), (resource.RLIMIT_DATA, "VmData"))
    left = []
    for limit, used in limits:
        most, _ = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY:
            left.append(max(most - taken(used), 0))
    return left


def taken(name: str) -> int:
    """Return what this process has taken, in bytes; 0 where it cannot be told.

    Parameters
    ----------
    name
        A size of /proc/self/status: VmRSS, VmSize, VmData.
    """
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return _kilobytes(lines, name)


def _kilobytes(lines: list[str], name: str) -> int:
    """Return an amount of a file in /proc, in bytes."""
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def _gb(amount: float) -> str:
    amount /= 1e9
    return f"{amount:.1f} GB" if amount >= 1 else f"{amount:.2f} GB"
