"""What compiling takes in memory, said and refused before the work."""

from carbonshed.compile.files import StatisticsFolder
from carbonshed.compile.parent import Parent
from carbonshed.errors import CarbonshedError
from carbonshed.memory import free_memory, gb

# Python, Arrow and the rows of the files
OVERHEAD_BYTES = 300_000_000
# theta of the prior, and while shares of suppliers are made: weighted, and divided
THETAS = 3
PARENTS = 6  # cells of the parent: as read, kept, balanced, with factors, two in use
DISTANCES = 8  # between all regions: on the sphere, angles, their logarithms
WINDOWS = 4  # what all users buy of one region: W, deliveries, places of their cells


def require_memory(statistics: StatisticsFolder, parent: Parent) -> str:
    """Return what compiling needs and what is free, in words.

    It is asked before anything of the size regions x regions is made.
    """
    n_regions, n_sectors = len(statistics.rows["regions"]), len(parent.sectors)
    n_users = n_sectors + len(parent.categories)
    theta = 8 * n_sectors * n_regions**2
    window = 8 * n_sectors * n_regions * n_users
    cells = 8 * len(parent.regions) ** 2 * n_sectors * n_users
    has_flows = bool(statistics.rows["known_flows"])
    needs = (
        (THETAS + has_flows) * theta
        + DISTANCES * 8 * n_regions**2
        + WINDOWS * window
        + PARENTS * cells
        + OVERHEAD_BYTES
    )
    free = free_memory()
    words = (
        f"{n_regions:,} regions x {n_sectors:,} sectors: {gb(needs)} of memory needed "
        f"(trade shares theta {gb(theta)}, purchases W from one parent region "
        f"{gb(window)}), {gb(free)} free"
    )
    if needs > free:
        raise CarbonshedError(
            f"{statistics.file('regions')}: {words}; expected fewer regions, or "
            "fewer sectors in the parent (`carbonshed aggregate`), or more free memory"
        )
    return words
