"""Adding up the regions and sectors of a dataset: flows, never coefficients."""

from carbonshed.aggregation.aggregate import aggregate

__all__ = ["aggregate"]
