"""The memory that this process may still take."""

import resource
from pathlib import Path

import psutil


def free_memory() -> int:
    """Return the bytes that this process may still take.

    The least of what the system has, its control groups leave and its limits allow.
    """
    available = psutil.virtual_memory().available
    return min([available, *_of_control_groups(), *_of_limits()])


def gb(amount: float) -> str:
    """Return an amount of bytes in words."""
    amount /= 1e9
    return f"{amount:.1f} GB" if amount >= 1 else f"{amount:.2f} GB"


def _of_control_groups(
    own: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> list[int]:
    """Return the memory that each control group leaves; file cache can be evicted."""
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
    """Return the memory that a control group leaves; None without a limit."""
    try:
        most = int((group / limit).read_text("ascii"))
        used = int((group / use).read_text("ascii"))
        stat = (group / "memory.stat").read_text("ascii").split()
    except (OSError, ValueError):  # no such file, or the word "max"
        return None
    return max(most - used + int(stat[stat.index(cache) + 1]), 0)


def _of_limits() -> list[int]:
    """Return the memory that each limit of the process leaves (ulimit -v, -d)."""
    own = psutil.Process().memory_info()
    limits = (
        (resource.RLIMIT_AS, own.vms),
        (resource.RLIMIT_DATA, getattr(own, "data", 0)),  # known on Linux only
    )
    left = []
    for limit, taken in limits:
        most, _ = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY:
            left.append(max(most - taken, 0))
    return left
