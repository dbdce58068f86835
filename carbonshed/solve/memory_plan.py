"""The choice of the solve that fits into memory: factorisation or sweeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from carbonshed.errors import CarbonshedError
from carbonshed.memory import free_memory, gb
from carbonshed.paths import install_command

AUTO, DIRECT, STREAMED, DASK = "auto", "direct", "streamed", "dask"
SOLVERS = (AUTO, DIRECT, STREAMED, DASK)  # values of the var

# DuckDB and Arrow take this while they read, and BLAS for its buffers
OVERHEAD_BYTES = 250_000_000
PROBE_VECTORS = 40  # combinations of the equations, while a residual is probed
MIN_COLUMNS = 16  # with fewer, reading the matrix takes longer than computing
MIN_ROWS = 64  # rows of a block, unless the largest region has more
MAX_ROWS = 2048  # rows of a block: higher ones save no sweeps
BLOCK_SHARE = 0.1  # share of the free memory, for a block of rows
# demand, amounts missing, a step, earlier ones with their output and its square, and
# products of these
_VECTORS_OF_A_ROUND = 40


@dataclass(frozen=True)
class Solver:
    """The requested way to solve."""

    name: str = AUTO  # one of `SOLVERS`
    # memory for a solve altogether, in GB (10^9 bytes); None means all that is free
    memory_gb: float | None = None
    # for `DASK`: an address or the path of a scheduler file; empty starts processes
    scheduler: str = ""
    # for `DASK`: URL of a folder in object storage, where workers do not see the
    # project folder
    shared: str = ""

    @classmethod
    def of(
        cls,
        name: str | None,
        memory_gb: str | float | None,
        scheduler: str | None = "",
        shared: str | None = "",
    ) -> "Solver":
        """Return the solver that vars request; an empty var requests nothing."""
        memory = float(memory_gb) if memory_gb else None
        return cls(name or AUTO, memory, scheduler or "", (shared or "").rstrip("/"))


@dataclass(frozen=True)
class Counts:
    """The size of a system."""

    size: int  # n, region-sectors
    demands: int  # k, columns of demand
    stressors: int = 0  # q, columns of intensities
    region: int = 1  # rows of the largest region: a block holds whole ones
    regions: int = 0  # R, columns of sales to regions
    beside: int = 0  # further vectors that are held beside A and demand


@dataclass(frozen=True)
class Plan:
    """The way in which a year is solved."""

    solver: str  # `DIRECT` or `STREAMED`
    needs: int  # bytes
    free: int  # bytes
    rows: int  # rows of the matrix in memory at a time
    columns: int  # columns of demand solved at a time

    def __str__(self) -> str:
        """Return a line for the log."""
        how = {
            DIRECT: "one factorisation in memory",
            STREAMED: f"sweeps over a file, {self.rows:,} rows and {self.columns:,}"
            " demands at a time",
        }[self.solver]
        return f"{how}: {gb(self.needs)} needed, {gb(self.free)} free"


def plan(counts: Counts, solver: Solver) -> Plan:
    """Choose how to solve, before memory is taken.

    Raises
    ------
    CarbonshedError
        If what was asked for does not fit, or nothing does; with what each needs.
    """
    size, region = counts.size, counts.region
    free = free_for(solver)
    direct = _direct(counts, free)
    min_rows = max(region, min(size, MIN_ROWS))
    sweeps = _streamed(counts, min_rows, free)
    if solver.name != STREAMED and direct.needs <= free:
        return direct
    if solver.name != DIRECT and sweeps.needs <= free:
        rows = min(int(BLOCK_SHARE * free / (8 * size)), size, MAX_ROWS)
        larger = _streamed(counts, max(rows, min_rows), free)
        return larger if larger.needs <= free else sweeps
    sweeps = _streamed(counts, min_rows, 0)
    # on a cluster only the passes after the solves come here
    remedy = (
        "leave out the vars extraction and technology_split, which work on the machine"
        " that runs the build"
        if solver.name == DASK
        else "take a cluster (var solver: dask)"
    )
    raise CarbonshedError(
        f"{size:,} region-sectors with {counts.demands:,} columns of demand do not fit"
        f" into {gb(free)} of memory: one factorisation needs {gb(direct.needs)},"
        f" sweeps over a file (var solver: streamed) {gb(sweeps.needs)} or more. Free"
        f" memory, {remedy}, or add up regions or sectors: carbonshed aggregate"
    )


def direct_needs(counts: Counts) -> int:
    """Return the bytes that one factorisation takes."""
    return _direct(counts, 0).needs


def vectors_of_rounds(size: int, rows_of_parts: Iterable[int]) -> int:
    """Return the vectors that rounds for the parts of an economy hold.

    The systems of all parts, and what is asked for, found and missing; besides, there
    is a column for each part that is solved for at a time.
    """
    cells = sum(rows**2 for rows in rows_of_parts)
    return -(-cells // max(size, 1)) + _VECTORS_OF_A_ROUND


def require_inverse(size: int, columns: int) -> None:
    """Refuse an inverse that does not fit: there is no other way to compute it.

    `columns` of the inverse are in memory at a time.
    """
    free = free_memory()
    # unit demand beside its solution, and as rows for the table
    needs = _direct(Counts(size, 4 * columns), free).needs
    if needs > free:
        raise CarbonshedError(
            f"the full inverse of {size:,} region-sectors needs {gb(needs)} of memory,"
            f" {gb(free)} are free; no other table needs it: leave out the var"
            " leontief_inverse"
        )


def require_dask() -> None:
    """Refuse a cluster where its package is not installed."""
    for package in ("dask", "distributed", "cryptography"):
        if find_spec(package) is None:
            raise CarbonshedError(
                f"the var solver: dask needs a package that is not installed"
                f" ({package}): {install_command('dask')}"
            )


def free_for(solver: Solver) -> int:
    """Return the free memory in bytes, or the limit if that is lower."""
    free = free_memory()
    return free if solver.memory_gb is None else min(free, int(solver.memory_gb * 1e9))


def _direct(counts: Counts, free: int) -> Plan:
    """Plan for A, whose place its factors take, as X takes that of Y."""
    from carbonshed.leontief.system import BLOCK_COLUMNS  # with which comes NumPy

    size, demands, stressors = counts.size, counts.demands, counts.stressors
    # f and m; where industries are absent, a block of the others
    block = min(max(demands, stressors), BLOCK_COLUMNS)
    # and sales to each region
    vectors = demands + 2 * stressors + counts.regions + PROBE_VECTORS + block
    vectors += counts.beside
    # A of the largest region is in memory too: it is solved before
    needs = 8 * (size**2 + counts.region**2) + 8 * size * vectors + OVERHEAD_BYTES
    return Plan(DIRECT, needs, free, size, demands)


def _streamed(counts: Counts, rows: int, free: int) -> Plan:
    """Plan for Y, some columns of X, and one block of A."""
    size, demands = counts.size, counts.demands
    # f, m, and three columns of its residual and products; sales to each region;
    # a square and its factors
    vectors = demands + 5 * counts.stressors + counts.regions + PROBE_VECTORS
    vectors += counts.beside
    fixed = 8 * size * (vectors + rows) + 16 * rows**2 + OVERHEAD_BYTES
    per_column = 8 * size + 32 * rows
    columns = min(max((free - fixed) // per_column, MIN_COLUMNS), demands)
    return Plan(STREAMED, fixed + per_column * columns, free, rows, columns)
