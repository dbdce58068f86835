"""Adding up the regions and sectors of a dataset: flows, never coefficients."""

from carbonshed.aggregate.sums import aggregate

__all__ = ["aggregate"]
