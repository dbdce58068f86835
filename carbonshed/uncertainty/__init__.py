"""Errors of the data, carried to footprints, ranks, inequality and quotas."""
